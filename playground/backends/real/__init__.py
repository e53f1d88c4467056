"""Labs of real Docker Engines: a driver makes the machines, everything else is the same for every driver."""

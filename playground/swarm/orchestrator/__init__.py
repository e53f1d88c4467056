"""The leader's loops that make the tasks of services, and unmake them."""

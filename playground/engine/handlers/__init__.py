"""What each route does: decode, one call, encode; one module a part of the API."""

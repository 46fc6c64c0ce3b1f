"""A server that is killed: what was acknowledged is there, what was not is nowhere or whole."""

"""How fast the product is, measured as the Procfile starts it: `make bench`."""

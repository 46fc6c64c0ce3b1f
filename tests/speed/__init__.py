"""What each act may ask of the database, and what is shared between visitors."""

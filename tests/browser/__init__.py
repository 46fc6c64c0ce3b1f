"""The day in a real browser: a phone, the tills, the office."""

"""Citizen Space: till, booking and accounting of an espace citoyen."""

__version__ = "0.1.0"

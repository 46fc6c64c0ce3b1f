"""Journeys: whole days of the house, played from outside."""

"""Tickets: what people chose to keep."""

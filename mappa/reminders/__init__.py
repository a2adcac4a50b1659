"""Deadlines that features open, the sweep that finds what is due, and the notices it writes."""

"""Preparing a visit: the warnings to staff, who goes and how, and what stands in the way."""

"""Shares whose authoriser left or moved on: somebody else of the agency answers for each."""

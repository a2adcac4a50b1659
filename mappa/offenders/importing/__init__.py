"""Bringing existing cases in from a CSV file: checked first, decided on, then added row by row."""

"""Visits over time and place: the month of a reader, and rounds of a day by district."""

"""The synthetic area that a visitor opens: everything in it is made up."""

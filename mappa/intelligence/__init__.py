"""Intelligence items, graded 3×5×2, for the people of one handling group."""

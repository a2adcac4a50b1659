"""The kinds of records about a person: one table of kinds, one way to add, correct and end them."""

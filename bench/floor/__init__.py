"""The floor: the same pages by raw SQL that knows only "agency sees person until"."""

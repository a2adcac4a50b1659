"""Who is kept out of a person's record, for a conflict of interest or the like."""

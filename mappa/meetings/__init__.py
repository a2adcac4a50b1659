"""Level 2 and 3 meetings: who is in the room, what is said and decided, the minutes."""

"""Emergency access: a duty officer opens one person for four hours, and somebody else judges it."""

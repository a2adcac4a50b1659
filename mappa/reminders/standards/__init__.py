"""What an area sets otherwise than a rule that is only a local standard, and what that moves."""

"""What is to be done after a visit: actions that come from it."""

"""What the guidance and the law say, as pure functions: no I/O, no clock, no framework."""

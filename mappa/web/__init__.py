"""What every page stands on: actions on routes, units of work, forms, the frame, error pages."""

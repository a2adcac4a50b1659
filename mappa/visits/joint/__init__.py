"""Joint visits: each agency that was there adds its own account, under its own label."""

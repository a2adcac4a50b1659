"""Taking a list of people out of the platform: a right of its own, marked and recorded."""

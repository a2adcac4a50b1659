"""Pages that look across features: home, work, overview, timeline, sharing, audit and help."""

"""What every package stands on: database, unit of work, clock, errors. Knows no feature."""

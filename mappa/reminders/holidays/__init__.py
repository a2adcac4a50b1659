"""Days that do not count as working days: bank holidays, proclaimed days, holidays of an area."""

"""What a supervisor sees of the visits of a team: what is late, why, and what was kept."""

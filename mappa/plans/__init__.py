"""Risk management plans: versions, measures under four pillars, contingencies."""

"""Who does what by when, from any feature, with evidence that it was done."""

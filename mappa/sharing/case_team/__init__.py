"""The case team of a person: which agencies and workers are on it, who brought them on, and why."""

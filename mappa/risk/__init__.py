"""Assessments of the risk of serious harm, by group at risk, over time."""

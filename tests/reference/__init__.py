"""A slow, obvious reading of the rules in plain Python, written apart from the policy.

It shares no code with ``mappa.access.policy`` or its predicates; where the two disagree, one of
them is wrong.
"""

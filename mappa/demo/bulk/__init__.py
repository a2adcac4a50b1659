"""A large demo: a handful of people told through the services, all others loaded at once.

What is loaded must equal what the services would have written: labels, search keys, reach, duties
and the audit's chain (tests/feature/test_bulk_demo.py).
"""

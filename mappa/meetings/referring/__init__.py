"""Referrals for a first meeting: accepted, sent back to complete, withdrawn."""

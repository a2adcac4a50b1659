"""Dip samples: people drawn at random for a check, in a way that anybody entitled can prove."""

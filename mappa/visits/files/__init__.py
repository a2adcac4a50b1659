"""Photographs and documents of a visit."""

"""Photographs and documents of a person: kept encrypted outside the web root, never trusted."""

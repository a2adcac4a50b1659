"""The id that names nothing, apart from the database so that pure rules may use it."""

from uuid import UUID

NOBODY = UUID(int=0)
"""Stands where a right names no user, team, agency or record; such columns are never NULL."""

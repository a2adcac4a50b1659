"""THE place of permission: who may see and do what, asked of one row or of all.

Other packages use ``access.policy`` (who), ``access.reading`` (scoped queries), ``access.rights``
(writing rights) and ``access.labels`` (the label of a record). Nothing else reads the rights
tables.
"""

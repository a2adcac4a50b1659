"""The MAPPA platform: shared records, plans, visits, meetings and who may see them."""

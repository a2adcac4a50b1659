"""From rows to what this reader's page shows."""

"""Two worlds: what a reader may not see is changed, and every byte the reader gets must stay."""

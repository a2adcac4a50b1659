"""Who shares what of a person with whom, on what ground and until when."""

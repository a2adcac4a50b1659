"""Who shares what with whom, for what lawful purpose, and until when."""

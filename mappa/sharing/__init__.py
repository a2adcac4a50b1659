"""Who shares what with whom and until when, who is kept out, and what takes two people."""

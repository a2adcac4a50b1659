"""Who shares what with whom, who is kept out, and what takes two people."""

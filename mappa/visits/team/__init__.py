"""Whether the visits of a supervisor's officers could be guessed."""

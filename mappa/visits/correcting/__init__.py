"""What becomes of a visit once it is logged: corrected, countersigned, withdrawn."""

"""Two people for one act: one asks, another approves, and then what was asked is done."""

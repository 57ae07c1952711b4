"""Chain, epochs, members, posting: a session for each group. Knows no file and no page."""

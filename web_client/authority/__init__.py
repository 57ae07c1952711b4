"""The line to the authority: finding it, logging in, asking, presence, giving back what it has lost. Knows no group, no
file and no chat."""

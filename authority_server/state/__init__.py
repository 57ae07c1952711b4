"""What the entries of the log and of groups' chains mean, in memory: the same wherever they are replayed. Knows no
connection and no clock."""

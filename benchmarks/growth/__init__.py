"""What grows with what: members of a group, accounts, groups, messages, over three orders of magnitude, and drawn."""

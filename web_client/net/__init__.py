"""How a line to another computer is made, found, kept and waited for. Knows no account and no row."""

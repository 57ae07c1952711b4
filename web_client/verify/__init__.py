"""Does it hold? From bytes and the log alone, as a stranger would ask. Knows no live connection."""

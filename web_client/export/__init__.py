"""Taking conversations out, so that a stranger can check them, and in again. Knows no live connection."""

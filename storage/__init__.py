"""What both applications' databases need of the disk, beside SQLite. Knows no table and no message."""

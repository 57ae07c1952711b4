"""What both applications need of the disk, beside SQLite. Knows no table and no message; its errors are shared."""

"""Chunks on their way, both ways. Knows no page."""

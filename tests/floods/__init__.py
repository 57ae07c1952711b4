"""Hostile accounts that flood an authority on real sockets, and what honest ones feel of it."""

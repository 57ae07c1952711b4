"""Mutation testing of protocol/: breaks the code in one place at a time and looks whether a test notices.

`python -m tests.mutation` runs it; `--help` tells how much of it.
"""

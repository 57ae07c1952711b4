"""Mutants that no test can notice, each with the reason: what they change is the same for every caller."""

EQUIVALENT: dict[str, str] = {}

"""The drill: attacks that worked on the original, and those that others have tried since, against a running Hamraz."""

"""A proven line to one other agent, in both directions. Knows nothing of what is said on it."""

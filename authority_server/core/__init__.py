"""One commit at a time; who is connected; what is told after a commit. Doesn't know which request it was."""

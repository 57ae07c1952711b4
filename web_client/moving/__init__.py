"""An account goes to another computer as it lies on the disk, and one of the two has it at every moment (section 7.8).
Knows the names of an agent's folder; no password, nothing of what is in a vault, no authority."""

"""Other people's chat servers beside ours: how each is started, spoken to and measured. Only `turns.py` knows ours."""

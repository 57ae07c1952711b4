"""What is kept for the day on which this computer is lost, and how one goes on elsewhere: leaving a backup, reading it
into a new vault, and getting back from others what came after it. Knows no page.
"""

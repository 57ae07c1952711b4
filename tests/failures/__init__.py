"""What happens when something dies under load: an authority, its PostgreSQL server, the line between them, a standby
that takes over. Counts what was acknowledged and lost, what is there twice, and how long nobody was answered.
"""

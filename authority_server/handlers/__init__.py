"""What one request means: a file a noun, a row each in routes.py. Knows no sockets and no threads."""

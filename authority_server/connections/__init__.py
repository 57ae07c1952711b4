"""Hello, the states of a log-in, deadlines and limits of a connection. Knows no tables."""

"""HTTP, Socket.IO, tokens, limits of the page. Doesn't know what a call means."""

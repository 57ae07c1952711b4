"""TLS sockets for both applications: listen, dial, and whole frames both ways at once. Knows no message and no account.

Plain `socket` and `threading`, so it runs the same with OS threads and with green ones; it never imports eventlet.
"""

"""The authority: certifies, orders and stores what agents do; it can't read it, and can't lie about it unnoticed.

Nothing here may import web_client, know eventlet, or hold a password or a user's private key.
"""

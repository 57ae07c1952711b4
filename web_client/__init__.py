"""One person's agent: vault, log replay, chats, and the page's door on localhost.

It may not know the authority's code, nor which kind of threads it runs on; nothing here leaves this machine unsealed.
"""

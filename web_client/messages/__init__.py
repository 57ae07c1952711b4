"""Private chat: rows, delivery, mailbox, receipts, edits, typing, profiles, blocking.
Knows no group, no file and no page."""

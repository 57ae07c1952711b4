"""What both sides share: `docs/protocol.md` in code.

Pure: no sockets, no threads, no files, no clocks. Bytes and statements in, bytes, decisions and named errors out.
"""

__version__ = "0.2.0"  # of Hamraz; what goes over the wire has a number of its own (messages.VERSION)

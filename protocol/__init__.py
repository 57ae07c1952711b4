"""What both sides share: `docs/protocol.md` in code.

Pure: no sockets, no threads, no files, no clocks. Bytes and statements in, bytes, decisions and named errors out.
"""

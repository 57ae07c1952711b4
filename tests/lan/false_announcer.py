"""Announces somebody's id as its own: `python -m tests.lan.false_announcer ID PORT HOST`, until it is ended."""

import sys
import time

from zeroconf import ServiceInfo, Zeroconf

from transport.discovery import SERVICE

if __name__ == "__main__":
    id, port, host = sys.argv[1:]
    said = {"v": "2", "id": id, "name": "The true one"}
    lie = ServiceInfo(
        SERVICE, f"liar.{SERVICE}", port=int(port), parsed_addresses=[host], properties=said, server="liar.local."
    )
    Zeroconf(interfaces=[host]).register_service(lie)
    time.sleep(600)

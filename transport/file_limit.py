"""How many files and connections this process may have open at once."""

from __future__ import annotations

import sys


def raise_file_limit(wanted: int) -> int:
    """Let this process have so many descriptors, or as many as it may; how many that is. What a system gives at first
    (256 on macOS) is less than it allows.
    """
    if sys.platform == "win32":
        return wanted
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    if now == resource.RLIM_INFINITY or now >= allowed:
        return wanted if now == resource.RLIM_INFINITY else now
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return allowed

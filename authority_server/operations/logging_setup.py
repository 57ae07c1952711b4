"""How the authority's log reads: lines for people, or one JSON object a line. Who logs names the values mentioned."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

READABLE = "%(asctime)s %(levelname)-7s %(message)s"
_OURS = ("time", "level", "event", "trace")


class JsonLines(logging.Formatter):
    """time (ISO 8601, UTC), level, event (the whole sentence), its values by name, and trace if something broke."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        if isinstance(record.args, Mapping):
            line |= {name: value for name, value in record.args.items() if name not in _OURS}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(as_json: bool) -> None:
    """Log to stderr from now on; as JSON, whatever Python itself would say there too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else logging.Formatter(READABLE, "%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(handlers=[handler])
    logging.getLogger("hamraz").setLevel(logging.INFO)
    if as_json:
        logging.captureWarnings(True)
        threading.excepthook = _report


def _report(died: threading.ExceptHookArgs) -> None:
    """A thread has ended by an exception that nobody expected."""
    if died.exc_value is not None:
        logging.getLogger("hamraz").error("a thread failed unexpectedly", exc_info=died.exc_value)

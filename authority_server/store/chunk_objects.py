"""Sealed chunks as objects of S3-compatible storage, one each: for more than a database should carry. The
client's library is loaded with the first of them; it has threads of its own, which nothing here knows.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from authority_server.store.blobs import SUM, sum_of
from authority_server.store.chunk_place import ChunkPlace, Name
from protocol.errors import Damaged, Refused

T = TypeVar("T")

SCHEME = "s3"
PARAMETERS = {"endpoint", "region"}
KEYS = {"access_key_id": "AWS_ACCESS_KEY_ID", "secret_access_key": "AWS_SECRET_ACCESS_KEY"}
REGION = "us-east-1"  # what storage of one's own takes for any
# Whoever waits for a chunk comes again by itself: no try of ours is to take longer than theirs.
CONNECT_SECONDS, ANSWER_SECONDS, TRIES_SECONDS, TRIES = 5, 10, 10, 2
_NAME = re.compile(r"([0-9a-f]{64})-([0-9a-f]{32})/(\d{1,9})")


@dataclass(frozen=True, slots=True)
class ObjectStorage:
    """Where, by an address; who one is, the environment or a file says."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str

    @classmethod
    def at(cls, address: str) -> ObjectStorage:
        """`s3://BUCKET/PREFIX?endpoint=URL&region=NAME`, all but the bucket as one likes; `bad_files` for all else, and
        for a key in it: everybody on this computer could read it.
        """
        try:
            parts = urlsplit(address.strip())
            values = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else [])
            endpoint = urlsplit(values.get("endpoint", "https://none"))
            good = (
                parts.scheme == SCHEME
                and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}", parts.netloc)
                and not parts.fragment
                and values.keys() <= PARAMETERS
                and re.fullmatch(r"(/[A-Za-z0-9._-]+)*/?", parts.path)
                and endpoint.scheme in ("http", "https")
                and endpoint.hostname
                and endpoint.path in ("", "/")
                and not (endpoint.username or endpoint.password or endpoint.query)
            )
        except ValueError:
            good = None
        if not good:
            raise Refused("bad_files")
        return cls(parts.netloc, parts.path.strip("/"), values.get("endpoint"), values.get("region", REGION))

    @property
    def address(self) -> str:
        """The same again."""
        more = [f"{name}={value}" for name, value in (("endpoint", self.endpoint), ("region", self.region)) if value]
        return f"{SCHEME}://{self.bucket}" + (f"/{self.prefix}" if self.prefix else "") + "?" + "&".join(more)


def keys(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Who one is there: from $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY, else from the file that
    $AWS_SHARED_CREDENTIALS_FILE names, or ~/.aws/credentials, in the part of $AWS_PROFILE, or `default`.
    """
    found = {name: environ.get(variable, "") for name, variable in KEYS.items()}
    if all(found.values()):
        token = environ.get("AWS_SESSION_TOKEN")
        return {**found, "session_token": token} if token else found
    file = environ.get("AWS_SHARED_CREDENTIALS_FILE") or str(Path("~/.aws/credentials").expanduser())
    parser = configparser.RawConfigParser()
    try:
        parser.read(file, encoding="utf-8")
        part = parser[environ.get("AWS_PROFILE") or "default"]
        return {name: part[variable.lower()] for name, variable in KEYS.items()}
    except (configparser.Error, KeyError, UnicodeDecodeError):
        return {}  # the machine itself may have a role


class ChunkObjects(ChunkPlace):
    """A put is durable once it is answered. Several may be under way at once, in several threads."""

    at_once = 8

    def __init__(self, storage: ObjectStorage, authority_id: bytes, disk: Path | None = None) -> None:
        """In one bucket may be several authorities' chunks: each looks only after its own. Asks for nothing yet."""
        super().__init__(disk)
        self._storage = storage
        try:
            import obstore
            from obstore.exceptions import BaseError
            from obstore.store import S3Store
        except ImportError:
            raise self._unusable("its library is missing: `pip install obstore`, or `run.py setup --s3`") from None
        self._library, self._errors = obstore, (BaseError, OSError)
        prefix = "/".join(part for part in (storage.prefix, authority_id.hex()) if part)
        endpoint: Any = {} if storage.endpoint is None else {"endpoint": storage.endpoint}
        who: Any = keys()
        self._store = S3Store(
            storage.bucket,
            prefix=prefix,
            region=storage.region,
            virtual_hosted_style_request=storage.endpoint is None,
            client_options={
                "allow_http": (storage.endpoint or "").startswith("http:"),
                "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                "timeout": timedelta(seconds=ANSWER_SECONDS),
            },
            retry_config={"max_retries": TRIES, "retry_timeout": timedelta(seconds=TRIES_SECONDS)},
            **endpoint,
            **who,
        )

    @property
    def name(self) -> str:
        return self._storage.address

    def write(self, owner: bytes, id: bytes, index: int, sealed: bytes) -> None:
        body = sealed + sum_of(owner, id, index, sealed)
        self._ask(lambda: self._library.put(self._store, f"{_folder(owner, id)}/{index}", body, use_multipart=False))

    def read(self, owner: bytes, id: bytes, index: int, length: int) -> bytes:
        def get() -> bytes | None:
            try:
                return bytes(self._library.get(self._store, f"{_folder(owner, id)}/{index}").bytes())
            except FileNotFoundError:
                return None

        found = self._ask(get)
        if found is None:
            raise Refused("file_gone")
        sealed = found[:-SUM]
        if len(sealed) != length or found[-SUM:] != sum_of(owner, id, index, sealed):
            self.on_damage("files", f"{id.hex()[:8]} chunk {index}")
            raise Refused("file_gone")
        return sealed

    def unused(self, names: list[Name]) -> list[Name]:
        # else it was offered again at another node, while this one waited
        return [(owner, id) for owner, id in names if not self.is_counted(owner, id)]

    def remove(self, names: list[Name]) -> None:
        for owner, id in names:
            self._remove_all(_folder(owner, id))

    def clear(self) -> None:
        self._remove_all(None)

    def sizes(self) -> dict[Name, int]:
        found: dict[Name, int] = {}
        for path, size in self._ask(lambda: self._list(None)):
            name = _NAME.fullmatch(path)  # what else lies here is somebody's, and stays
            if name:
                known = bytes.fromhex(name[1]), bytes.fromhex(name[2])
                found[known] = found.get(known, 0) + size - SUM
        return found

    def _list(self, below: str | None) -> list[tuple[str, int]]:
        pages = self._library.list(self._store, below)
        return [(one["path"], one["size"]) for page in pages for one in page]

    def _remove_all(self, below: str | None) -> None:
        def remove() -> None:
            paths = [path for path, _ in self._list(below) if _NAME.fullmatch(path)]
            if paths:
                self._library.delete(self._store, paths)

        self._ask(remove)

    def _ask(self, question: Callable[[], T]) -> T:
        """`files_unusable`."""
        try:
            return question()
        except self._errors as reason:
            raise self._unusable(_in_short(str(reason))) from None

    def _unusable(self, reason: str) -> Damaged:
        return Damaged("files_unusable", path=self.name, reason=reason)


def _folder(owner: bytes, id: bytes) -> str:
    return f"{owner.hex()}-{id.hex()}"


def _in_short(text: str) -> str:
    """The library's first line, without whose file it is about, or the storage's own code in it."""
    code = re.search(r"<Code>(\w+)</Code>", text)
    if code:
        return code[1]
    line = re.sub(r"\b[0-9a-f]{32,64}[^\s:]*", "…", text.splitlines()[0] if text else "no answer")
    return line[:200].removesuffix(".")

"""A real S3 server for the tests, rclone's, over a folder: one for all tests of a file."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from obstore.store import S3Store

from authority_server.store.chunk_objects import ChunkObjects, ObjectStorage
from tests.processes import LOOPBACK, free_port

KEY, SECRET = "AKIDTEST", "not-a-secret"
BUCKET = "hamraz"
SOMEBODYS = "of somebody else"


class Server:
    """On a port of its own, beside an object that isn't ours."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        (folder / BUCKET).mkdir(parents=True)
        (folder / BUCKET / SOMEBODYS).write_bytes(b"kept")
        self._process: subprocess.Popen[Any] | None = None
        self.start()

    def start(self) -> None:
        program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone")
        assert program is not None, "there is no rclone: install requirements-test.txt"
        line = [program, "serve", "s3", "--addr", f"{LOOPBACK}:{self.port}", "--auth-key", f"{KEY},{SECRET}"]
        line += ["--config", "/dev/null", "--vfs-cache-mode", "off", str(self.folder)]
        with (self.folder.parent / "log").open("ab") as log:
            self._process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < deadline, (
                self.folder.parent / "log"
            ).read_text()
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            socket.create_connection((LOOPBACK, self.port), 5).close()
            return True
        except ConnectionError:
            return False

    def kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
            self._process = None

    def address(self, prefix: str = "") -> str:
        return f"s3://{BUCKET}/{prefix}?endpoint=http://{LOOPBACK}:{self.port}"

    def place(self, authority_id: bytes, prefix: str = "") -> ChunkObjects:
        return ChunkObjects(ObjectStorage.at(self.address(prefix)), authority_id)

    def delete(self, *paths: Path) -> None:
        """As whoever has the key could: what goes beneath a server confuses it."""
        store = S3Store(
            BUCKET,
            endpoint=f"http://{LOOPBACK}:{self.port}",
            region="any",
            access_key_id=KEY,
            secret_access_key=SECRET,
            client_options={"allow_http": True},
        )
        if paths:
            store.delete([str(path.relative_to(self.folder / BUCKET)) for path in paths])

    @property
    def files(self) -> list[Path]:
        """All objects of ours, as they lie there."""
        (somebodys,) = (self.folder / BUCKET).glob(SOMEBODYS)
        return [path for path in (self.folder / BUCKET).rglob("*") if path.is_file() and path != somebodys]

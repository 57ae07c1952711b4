"""A file from the page's side of one agent to the other's disk, straight and by the authority; messages meanwhile."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bot import Bot
from benchmarks.figures import Figure, collect, percentile
from benchmarks.private_message import send
from tests.live.file_pair import MB, Memory, Side, file_pair
from tests.processes import Network, until

UNITS = {
    "handed to one's own agent": "MB/s",
    "straight, from the press until it is checked": "MB/s",
    "left at the authority, every chunk durable": "MB/s",
    "taken from the authority, until it is checked": "MB/s",
    "a private message meanwhile, p95": "ms",
    "the same with nothing else, p95": "ms",
    "memory that the sender's agent grew by": "MB",
    "memory that the receiver's agent grew by": "MB",
    "memory that the authority grew by": "MB",
}


def run(repetitions: int, quick: bool) -> list[Figure]:
    """One file after the other; 200 MB, or 8 to see that it works."""
    return collect(
        "files", UNITS, [_once((8 if quick else 200) * MB, 20 if quick else 120) for _ in range(repetitions)]
    )


def _once(size: int, messages: int) -> dict[str, float]:
    with TemporaryDirectory() as folder, Network(Path(folder)) as network, file_pair(network) as (arash, sara):
        quiet = _messages(arash, sara, messages)
        memory = Memory(arash.agent, sara.agent, network.authority)
        began = time.perf_counter()
        arash.send(sara, size, "one.bin")
        handed = time.perf_counter() - began
        began = time.perf_counter()
        sara.fetch(arash, "one.bin")
        straight = time.perf_counter() - began

        arash.send(sara, size, "two.bin")
        sara.comes(arash, "two.bin")
        meanwhile: list[float] = []
        talk = threading.Thread(target=lambda: meanwhile.extend(_messages(arash, sara, messages)))
        sara.fetch(arash, "two.bin", wait=False)
        talk.start()
        sara.has(arash)
        talk.join()

        sara.stop()
        arash.send(sara, size, "three.bin")
        began = time.perf_counter()
        until(lambda: arash.newest(sara)["file"]["state"] == "sending", 30, "the upload")
        until(lambda: arash.newest(sara)["file"]["state"] == "here", 300, "the end of the upload")
        left = time.perf_counter() - began
        arash.stop()
        sara.again()
        sara.comes(arash, "three.bin")
        began = time.perf_counter()
        sara.fetch(arash, "three.bin")
        taken = time.perf_counter() - began
        grown = memory.stop()
    rates = [size / MB / seconds for seconds in (handed, straight, left, taken)]
    times = [percentile(one, 95) * 1000 for one in (meanwhile, quiet)]
    memories = [grown[service] for service in (arash.agent, sara.agent, network.authority)]
    return dict(zip(UNITS, [*rates, *times, *memories], strict=True))


def _messages(sender: Side, receiver: Side, count: int) -> list[float]:
    """Seconds from the call to the receipt, one message after the other."""
    bot, times = Bot(sender.agent.port, sender.agent.api_token), []
    for _ in range(count):
        began = time.perf_counter()
        send(bot, sender.agent.name, receiver.agent.name)
        times.append(time.perf_counter() - began)
    bot.close()
    return times

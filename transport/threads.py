"""Every thread of ours, and what a thread calls: what nobody expected is logged with its traceback, told by a name,
and tried again.

The one place for threads that catches broadly. It knows neither a page nor an operator: they hear by `on_change`.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from protocol.errors import Damaged, HamrazError, Refused, Unreachable, error
from transport import ready

FIRST_SECONDS, LONGEST_SECONDS = 1.0, 60.0  # until the next try: doubled each time
SHOWN_SECONDS = 60.0  # what has not failed again for so long, after it was to be tried again, is over
SAID_AGAIN_SECONDS = 60.0  # the same mistake at the same line fills no log

# What is about one change that can't be kept, not about the disk.
ONE_CHANGE = frozenset({"vault_conflict", "vault_failing"})

Wait = Callable[[float], object]
Ended = Callable[[], bool]

log = logging.getLogger("hamraz.threads")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What doesn't work now: which thread or handler, what about (a uid, a gid, or no bytes), and the error's code."""

    where: str
    about: bytes
    code: str
    since: int  # ms since 1970
    count: int  # how often in a row
    again: float  # seconds of the timer: not to be tried before
    lapses: float  # seconds of the timer: gone by itself then, if it hasn't failed again


class Troubles:
    """What fails in this process's threads now. Any thread may call, the system's own too; `on_change` is called
    outside the lock.
    """

    def __init__(self, on_change: Callable[[], None] = lambda: None, timer: Callable[[], float] = time.monotonic):
        self.on_change = on_change
        self._timer = timer
        self._lock = ready.SystemLock()
        self._now: dict[tuple[str, bytes], Trouble] = {}
        self._said: dict[tuple[str, str, int], tuple[float, int]] = {}  # (where, what, line): when, and how often since
        self.count = 0  # mistakes since the start

    def now(self) -> list[Trouble]:
        """What fails now, the oldest first."""
        with self._lock:
            return sorted(self._now.values(), key=lambda trouble: trouble.since)

    @contextlib.contextmanager
    def guard(self, where: str, about: bytes = b"", once: bool = False) -> Iterator[None]:
        """Named errors pass. Whatever else is raised within is logged and told, and comes out as `internal`: so
        whoever waits, backs off or answers after a named error does the same after a mistake. `once`: that it works
        another time says nothing of this time (another caller, another connection).
        """
        try:
            yield
        except HamrazError:
            raise
        except Exception as reason:
            self.mistake(where, reason, about, once)
            raise error("internal") from None
        if not once:
            self.over(where, about)

    def mistake(self, where: str, reason: Exception, about: bytes = b"", once: bool = True) -> None:
        """Log and tell what nobody expected, and somebody else has caught."""
        self._log(where, reason)
        self._note(where, about, "internal", once)

    def tend(self, where: str, run: Callable[[], object], about: bytes = b"") -> bool:
        """One turn of something that is done again and again. Never raises; False if it failed, or its back-off isn't
        over. The disk's troubles and the network's, which others tell, are just tried again.
        """
        with self._lock:
            known = self._now.get((where, about))
        if known is not None and known.again > self._timer():
            return False
        try:
            with self.guard(where, about):
                run()
            return True
        except HamrazError as reason:
            if reason.code != "internal":
                self.named(where, reason, about)
            return False

    def named(self, where: str, reason: HamrazError, about: bytes = b"", once: bool = False) -> None:
        """A named error has ended a turn: told too, if nobody else tells it. The disk's troubles and the network's have
        places of their own, and a refusal is told where what was refused waits.
        """
        if isinstance(reason, Damaged | Unreachable | Refused) and reason.code not in ONE_CHANGE:
            self.over(where, about)
            return
        if self._note(where, about, reason.code, once) == 1:
            log.warning("%(where)s: %(event)s", {"where": where, "event": reason, "code": reason.code})

    def pause(self, where: str, about: bytes = b"") -> float:
        """The seconds until this may be tried again."""
        with self._lock:
            known = self._now.get((where, about))
        return 0.0 if known is None else max(0.0, known.again - self._timer())

    def over(self, where: str, about: bytes = b"") -> None:
        """It works (again)."""
        if (where, about) not in self._now:
            return
        with self._lock:
            known = self._now.pop((where, about), None)
        if known is not None:
            self.on_change()

    def lapse(self) -> None:
        """Forget what has not failed again for a while; called now and then."""
        now = self._timer()
        with self._lock:
            over = [key for key, one in self._now.items() if one.lapses <= now]
            for key in over:
                del self._now[key]
        if over:
            self.on_change()

    def _note(self, where: str, about: bytes, code: str, once: bool) -> int:
        """Keep it; how often in a row it has been so."""
        now = self._timer()
        with self._lock:
            known = self._now.get((where, about))
            fresh = known is None or known.code != code
            if known is None or fresh:
                known = Trouble(where, about, code, time.time_ns() // 1_000_000, 0, 0.0, 0.0)
            again = now + min(FIRST_SECONDS * 2.0 ** min(known.count, 60), LONGEST_SECONDS)
            lapse = (now if once else again) + SHOWN_SECONDS
            count = known.count + 1
            self._now[where, about] = replace(known, count=count, again=again, lapses=lapse)
        if fresh:
            self.on_change()
        return count

    def _log(self, where: str, reason: Exception) -> None:
        """With the traceback, once a minute for each line that fails; without the exception's own words, which may
        quote what somebody wrote.
        """
        trace, now = reason.__traceback__, self._timer()
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = (where, type(reason).__qualname__, trace.tb_lineno if trace is not None else 0)
        with self._lock:
            self.count += 1
            when, since = self._said.get(place, (None, 0))
            if when is not None and now - when < SAID_AGAIN_SECONDS:
                self._said[place] = (when, since + 1)
                return
            self._said[place] = (now, 0)
        log.error(
            "%(where)s failed unexpectedly (%(since)d times more since it was said last); it is tried again",
            {"where": where, "since": since},
            exc_info=wordless(reason),
        )


def spawn(name: str, run: Callable[..., object], troubles: Troubles, *arguments: object) -> threading.Thread:
    """Start a thread for something that ends. What it ends by is never silent; trying again is its caller's affair."""

    def guarded() -> None:
        try:
            _guarded(name, run, troubles, arguments)
        finally:
            # A green thread holds a function that holds it: until everything is searched for such rings, which stops
            # all others, half a second after some ten thousand callers. It has been called, and isn't looked at again.
            vars(thread).pop("_bootstrap_inner", None)

    thread = threading.Thread(target=guarded, name=name, daemon=True)
    thread.start()
    return thread


def begin(name: str, run: Callable[..., object], troubles: Troubles, *arguments: object) -> None:
    """The same for what comes by thousands, and nobody asks after. Where threads are green it is one without what
    `threading` puts round it, two thirds of the cost; and its caller needn't wait until it runs.
    """
    if ready.begin is None:
        spawn(name, run, troubles, *arguments)
    else:
        ready.begin(_guarded, name, run, troubles, arguments)


def _guarded(name: str, run: Callable[..., object], troubles: Troubles, arguments: tuple[object, ...]) -> None:
    try:
        with troubles.guard(name, once=True):
            run(*arguments)
    except HamrazError as reason:
        if reason.code != "internal":
            troubles.named(name, reason, once=True)


def keep(name: str, turn: Callable[[], object], troubles: Troubles, wait: Wait, ended: Ended) -> threading.Thread:
    """Start a thread that calls `turn` again and again: see `repeat`."""
    return spawn(name, repeat, troubles, name, turn, troubles, wait, ended)


def repeat(
    name: str,
    turn: Callable[[], object],
    troubles: Troubles,
    wait: Wait,
    ended: Ended,
    about: bytes = b"",
    failed: Callable[[HamrazError, float], object] = lambda reason, seconds: None,
) -> None:
    """Call `turn`, which waits by itself for what there is to do, until `ended`. After a failure `failed(reason,
    seconds)` may tell of it, and `wait(seconds)` passes before the next turn: 1 s, then twice as long up to 60 s.
    """
    tries = 0
    while not ended():
        try:
            with troubles.guard(name, about):
                turn()
            tries = 0
        except HamrazError as reason:
            if reason.code != "internal":
                troubles.named(name, reason, about)
            seconds = min(FIRST_SECONDS * 2.0 ** min(tries, 60), LONGEST_SECONDS)
            tries += 1
            with contextlib.suppress(HamrazError), troubles.guard("telling", about):
                failed(reason, seconds)
            wait(seconds)


def wordless(reason: Exception) -> Exception:
    """An exception of the same name and traceback that says nothing."""
    kind = type(reason)
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    quiet: Exception = type(kind.__name__, (Exception,), names)()
    return quiet.with_traceback(reason.__traceback__)

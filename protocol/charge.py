"""What one message costs whoever takes it (section 11.1): declared beside the function that carries it out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

UNIT_SECONDS: Final = 0.0001  # what a unit is worth on an ordinary machine
ANSWER_BYTES: Final = 32 * 1024  # of an answer: the same


@dataclass(frozen=True, slots=True)
class Charge:
    """Units, each about 0.1 ms of an ordinary machine: what is there anyway, and what the message brings with it."""

    units: int
    items: str = ""  # the message's list of which `every` items cost `more` units
    every: int = 1
    more: int = 1
    size: int = 4096  # bytes of the message: so many are one more unit
    answered: int = 0  # of so many items of the answer's list, one more unit
    passed_on: int = 0  # for so many members that it is passed on to, one more unit; and its bytes, as in an answer
    written: bool = False  # waits for the disk, in the account's turn
    allowance: str = ""  # counted there too, and refused when that is used up

    def of(self, message: Any, size: int, connected: int = 0) -> int:
        """Units of a message of `size` bytes that is passed on to `connected` members; without its answer."""
        units = self.units + size // self.size
        if self.items:
            units += self.more * (len(getattr(message, self.items)) // self.every)
        if self.passed_on:
            units += connected // self.passed_on + connected * size // ANSWER_BYTES
        return units

    def of_answer(self, answer: Any, size: int) -> int:
        """Units of its answer."""
        units = size // ANSWER_BYTES
        if self.answered:
            units += max((len(value) for value in _lists(answer)), default=0) // self.answered
        return units

    def __str__(self) -> str:
        """As the table of section 11.1 has it."""
        parts = [str(self.units)]
        if self.size != 4096:
            parts.append(f"1 for each {self.size} bytes")
        if self.items:
            parts.append(f"{self.more} for each {_number(self.every)}of its {self.items}")
        if self.answered:
            parts.append(f"1 for each {_number(self.answered)}of its answer")
        if self.passed_on:
            parts.append(f"1 for each {_number(self.passed_on)}who are told")
        return ", ".join(parts)


def _number(many: int) -> str:
    return f"{many} " if many > 1 else ""


def _lists(answer: Any) -> list[list[Any]]:
    values = [getattr(answer, name) for name in answer.__struct_fields__]
    return [value for value in values if isinstance(value, list)]

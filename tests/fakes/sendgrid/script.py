"""Faults on order: what the fake does to the next request.

A fault is a word: `accept`; a status such as `429` or `503`; `slow` (taken, answered after `slow_seconds`);
`reset` (read to the end, then the connection is reset). With `_taken` (`503_taken`), the mail is taken all the same.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping

REASONS = {
    "400": "Bad Request", "401": "Unauthorized", "403": "Forbidden", "404": "Not Found", "413": "Payload Too Large",
    "429": "Too Many Requests", "500": "Internal Server Error", "502": "Bad Gateway", "503": "Service Unavailable",
    "504": "Gateway Timeout",
}  # fmt: skip


class Script:
    """`sequence` is used up first, one fault a request; then `chances` (fault: probability) decide."""

    def __init__(
        self,
        sequence: Iterable[str] = (),
        chances: Mapping[str, float] | None = None,
        *,
        latency: float = 0.0,
        slow_seconds: float = 5.0,
        reset_seconds: int = 1,
        seed: int | None = None,
    ) -> None:
        self._sequence = list(sequence)[::-1]
        self._chances = dict(chances or {})
        self._random = random.Random(seed)
        self.latency, self.slow_seconds, self.reset_seconds = latency, slow_seconds, reset_seconds
        self.used: Counter[str] = Counter()
        for fault in (*self._sequence, *self._chances):
            _check(fault)

    def next(self) -> str:
        fault = self._sequence.pop() if self._sequence else self._by_chance()
        if fault != "accept":
            self.used[fault] += 1
        return fault

    def _by_chance(self) -> str:
        if self._chances:
            drawn = self._random.random()
            for fault, chance in self._chances.items():
                drawn -= chance
                if drawn < 0:
                    return fault
        return "accept"


def _check(fault: str) -> None:
    word = fault.removesuffix("_taken")
    if word not in ("accept", "slow", "reset") and not (word.isdigit() and 200 <= int(word) <= 599):
        raise ValueError(f"no such fault: {fault}")

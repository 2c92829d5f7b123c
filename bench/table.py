"""What a bench says: a name, a figure, its unit, and the limit it is held against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Line:
    """`limit` is the same work with nothing of ours in the way, in the same unit and run."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    limit_name: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.limit if self.limit else None

    def row(self) -> dict[str, object]:
        return {**asdict(self), "ratio": self.ratio}


def show(lines: Iterable[Line]) -> str:
    """The lines as a Markdown table."""
    out = ["| path | figure | limit | ratio |", "| --- | ---: | ---: | ---: |"]
    for line in lines:
        limit = f"{line.limit:,.0f} ({line.limit_name})" if line.limit else ""
        ratio = f"{line.ratio:.2f}" if line.ratio else ""
        value = f"{line.value:,.2f}" if line.value < 100 else f"{line.value:,.0f}"
        out.append(f"| {line.name} | {value} {line.unit} | {limit} | {ratio} |")
    return "\n".join(out)

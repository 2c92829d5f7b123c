"""`./run bench [full] [NAME ...]`: a table and JSON; each line beside its own limit, measured in the same run."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bench import advance, deliver, export, footprint, imports, intake, leads, pulse, react, segments
from bench.place import cluster
from bench.table import Line, show

SMALL, LARGE, FULL = 50_000, 1_000_000, 10_000_000
DUE = 150_000
ALL = ("intake", "react", "advance", "pulse", "deliver", "export", "import", "segments", "footprint", "leads")


def lines(names: list[str], full: bool) -> Iterator[Line]:
    """Every hot path, or those named."""
    wanted = set(names) or set(ALL)
    with cluster() as url:
        if "intake" in wanted:
            yield from intake.measure(url)
        if "leads" in wanted:
            yield from leads.measure(url, LARGE)
        if "react" in wanted:
            yield from react.measure(url, SMALL)
        if "pulse" in wanted:
            yield from pulse.measure(url, LARGE)
        if "advance" in wanted:
            yield from advance.measure(url, SMALL, SMALL)
            yield from advance.measure(url, LARGE, DUE)
            yield from advance.measure(url, LARGE, DUE, hold_transaction=True)
            if full:
                yield from advance.measure(url, FULL, DUE)
        if "deliver" in wanted:
            yield from deliver.measure(url, 40_000)
        if "export" in wanted:
            yield from export.measure(url, LARGE)
        if "import" in wanted:
            yield from imports.measure(url, LARGE)
        if "segments" in wanted:
            yield from segments.measure(url, LARGE, SMALL)
    if "footprint" in wanted:
        yield from footprint.measure()


def main() -> None:
    arguments = sys.argv[1:]
    full = "full" in arguments
    measured = []
    for line in lines([name for name in arguments if name != "full"], full):
        print(show([line]).splitlines()[-1], flush=True)
        measured.append(line)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {platform.system()}"
    print(f"\n{machine}, {datetime.now(UTC):%Y-%m-%d}\n\n{show(measured)}")
    result = {"machine": machine, "at": datetime.now(UTC), "lines": [line.row() for line in measured]}
    out = Path(os.environ.get("FUNNEL_HOME", "var")) / "bench.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    print(f"\nthe same as JSON: {out}")


if __name__ == "__main__":
    main()

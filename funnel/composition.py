"""What the service consists of, as far as this package cannot know. `wsgi.py` says it."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from funnel.supervisor.programs import Program


@dataclass(frozen=True)
class Composition:
    """`programs` are what `funnel up` runs. `demo` is a `module:function` that fills an empty installation with
    a demo business: called with the context, it returns lines for the operator. `demo_programs` run beside it.
    `keeps_real_time` names functions that mend clocks when engine time changes its speed: called, in the transaction
    that changes it, with the session, the settings, the clock before and after, and the wall time. `exportable` names
    lists of further tables for `funnel export`, `personal_data` lists of where other packages keep data of leads
    (`crm.personal_data.Holding`).
    """

    programs: Sequence[Program]
    demo: str | None = None
    demo_programs: Sequence[Program] = ()
    keeps_real_time: Sequence[str] = ()
    exportable: Sequence[str] = ()
    personal_data: Sequence[str] = ()


def load(path: str) -> Any:
    """What `module:attribute` names."""
    module, _, attribute = path.partition(":")
    return getattr(importlib.import_module(module), attribute)

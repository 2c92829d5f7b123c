"""The jobs that belong to sequences."""

from __future__ import annotations

from funnel.jobs import Work

#: by the word that `funnel.crm.jobs.ask` is given
KINDS: dict[str, Work] = {}

"""The jobs that belong to sequences."""

from __future__ import annotations

from funnel.crm import bulk, bulk_actions, handing_over
from funnel.jobs import Work
from nurture_sequences.bulk_actions import ACTIONS

#: by the word that `funnel.crm.jobs.ask` is given
KINDS: dict[str, Work] = {bulk.KIND: bulk.working({**bulk_actions.ACTIONS, **handing_over.ACTIONS, **ACTIONS})}

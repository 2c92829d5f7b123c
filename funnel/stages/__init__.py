"""Pure: the maturity ladder. Which rung a lead belongs on by the rules, why, and when to look again."""

from funnel.stages.decide import Decision, Standing, decide, evidence
from funnel.stages.document import Ladder, LadderError, Rung, compile_ladder, problems, warnings

__all__ = [
    "Decision",
    "Ladder",
    "LadderError",
    "Rung",
    "Standing",
    "compile_ladder",
    "decide",
    "evidence",
    "problems",
    "warnings",
]

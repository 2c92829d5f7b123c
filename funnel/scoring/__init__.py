"""Pure: points for what leads do and are. The rules, what a fact gives by them, and what a ledger comes to."""

from funnel.scoring.document import RulesError, compile_rules, problems
from funnel.scoring.points import Entry, Happened, Value, add, entries_of, given, held, next_change, value
from funnel.scoring.rules import Cap, Rule, Rules

__all__ = [
    "Cap",
    "Entry",
    "Happened",
    "Rule",
    "Rules",
    "RulesError",
    "Value",
    "add",
    "compile_rules",
    "entries_of",
    "given",
    "held",
    "next_change",
    "problems",
    "value",
]

"""Pure: one condition language over leads. Python and SQL give the same answer, and time has its say.

A condition is JSON with one term: `{"stage": {"at_least": "warm"}}`, `{"tag": "vip"}`, `{"all": [...]}`, ...
(`grammar` lists them). `parse` it once, then ask what you need of it. The answer has three values: yes, no, and
None for *not measurable* (clicks of somebody who did not consent to be measured), which is never no.
"""

from funnel.conditions.changes import Changes, changes
from funnel.conditions.durations import parse_duration
from funnel.conditions.grammar import ConditionError, parse, problems, read
from funnel.conditions.needs import event_kinds, reads
from funnel.conditions.nodes import Condition
from funnel.conditions.python import Answer, Predicate, predicate
from funnel.conditions.reading import Problem, Reading
from funnel.conditions.ripening import ripening_sql
from funnel.conditions.sql import Sql, engagement_sql, sql
from funnel.conditions.subject import TRACKING, Occurred, Subject

__all__ = [
    "TRACKING",
    "Answer",
    "Changes",
    "Condition",
    "ConditionError",
    "Occurred",
    "Predicate",
    "Problem",
    "Reading",
    "Sql",
    "Subject",
    "changes",
    "engagement_sql",
    "event_kinds",
    "parse",
    "parse_duration",
    "predicate",
    "problems",
    "read",
    "reads",
    "ripening_sql",
    "sql",
]

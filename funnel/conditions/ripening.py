"""For which leads time alone may change a condition, in SQL: whoever looks at many gives only these a clock."""

from __future__ import annotations

from datetime import datetime

from funnel.conditions import nodes, sql_values
from funnel.conditions.changes import is_timed
from funnel.conditions.needs import terms
from funnel.conditions.nodes import Condition
from funnel.conditions.sql import Sql, Writer
from funnel.conditions.sql_parameters import Parameters
from funnel.conditions.values import span
from funnel.decay import Decay


def ripening_sql(condition: Condition, now: datetime, decay: Decay, prefix: str = "r") -> Sql | None:
    """True for every lead for whom `changes` names a time after `now`, and for some others; None: for nobody."""
    writer = Writer(now, decay, Parameters(prefix))
    found = [_ripens(term, writer) for term in terms(condition) if is_timed(term)]
    return Sql(f"(({' OR '.join(found)}) IS TRUE)", writer.to.values) if found else None


def _ripens(term: Condition, writer: Writer) -> str:
    """What happened lately will be long ago, a score fades, a date comes near or passes."""
    match term:
        case nodes.Form():
            return writer.form(term)
        case nodes.Event():
            return writer.happened(term)
        case nodes.Score():
            return "leads.engagement <> 0"
        case nodes.Value(place, nodes.Near("in_next")):
            ahead = nodes.Value(place, nodes.Dated("after", _yesterday(writer.now)))
            return sql_values.written(ahead, writer.now, writer.to)
        case nodes.Value(place, nodes.Near("in_last", days)):
            reach = nodes.Value(place, nodes.Dated("after", _days_back(writer.now, days + 1)))
            return sql_values.written(reach, writer.now, writer.to)
    raise TypeError(f"{type(term).__name__} does not change by time")


def _yesterday(now: datetime) -> str:
    return _days_back(now, 1)


def _days_back(now: datetime, days: int) -> str:
    return span(nodes.Near("in_last", days), now)[0]

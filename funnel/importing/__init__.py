"""Pure: files of people, as other programs export them. How they are written, what their columns mean, what a row says.

`Sniffer` guesses the encoding while a file comes in, `dialects` the separator and the header, `headers` the meaning of
each column; a person corrects them. `records` reads a file stretch by stretch, `Plan` turns its rows into what is
written to the database, or into the reason why not.
"""

from funnel.importing.dialects import Dialect, guess_dialect
from funnel.importing.encodings import ENCODINGS, Guess, Sniffer, bom_length
from funnel.importing.headers import guess_columns
from funnel.importing.plan import Plan, PlanError, Refusal, Row
from funnel.importing.presets import PRESETS, recognised
from funnel.importing.records import FileError, Reading, Records
from funnel.importing.targets import FIELD, IGNORE, TARGETS, problem

__all__ = [
    "ENCODINGS",
    "FIELD",
    "IGNORE",
    "PRESETS",
    "TARGETS",
    "Dialect",
    "FileError",
    "Guess",
    "Plan",
    "PlanError",
    "Reading",
    "Records",
    "Refusal",
    "Row",
    "Sniffer",
    "bom_length",
    "guess_columns",
    "guess_dialect",
    "problem",
    "recognised",
]

"""Reading a sequence document (docs: the sequence document): its head, and all of it at once."""

from __future__ import annotations

from collections.abc import Collection

from funnel.conditions import Problem
from nurture_sequences.definition.program import Program


class DocumentError(ValueError):
    """The document has problems; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems


def problems(document: object, ladder: Collection[str], templates: Collection[str] | None = None) -> list[Problem]:
    """What a person has to mend before the document can be published; never raises, whatever JSON it gets.

    `ladder` holds the stages there are; `templates` the keys of stored mail templates, None leaves them unchecked.
    """
    raise NotImplementedError


def compile_document(document: object) -> Program:
    """The program of a document without problems; DocumentError otherwise. Stages and templates are not checked."""
    raise NotImplementedError

"""Ids in addresses."""

from __future__ import annotations

from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter

#: digits of the largest bigint
_LONGEST = 19


class IdConverter(IntegerConverter):
    """`<int(max=...):id>`: a number that is no id leads nowhere (404).

    Werkzeug itself goes on looking, finds the same address with another method, and blames the method (405).
    """

    def to_python(self, value: str) -> int:
        if len(value) > _LONGEST or (self.max is not None and int(value) > self.max):
            raise NotFound("There is nothing at this address.")
        return int(super().to_python(value))


def configure(app: Flask) -> None:
    """Before the first address is added."""
    app.url_map.converters["int"] = IdConverter

"""Form definitions as this process knows them, ready to read posts with, so that a post reads no form."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin

from flask import current_app, url_for
from werkzeug.exceptions import NotFound, ServiceUnavailable

from funnel import spool
from funnel.crm.forms import form_by_key
from funnel.db import AWAY, is_time_out
from funnel.doors import current, in_transaction
from funnel.purposes import of_mail
from funnel.schemas.submission import Reader
from funnel.spool.definitions import Definitions

#: seconds until a changed definition is seen by every process
KEPT_SECONDS = 2.0
#: seconds until a visitor may try again whose form nobody here knows while the database is away
RETRY_AFTER = 5


@dataclass(frozen=True)
class KnownForm:
    id: int
    key: str
    version: int
    name: str
    definition: Mapping[str, Any]
    #: these five together, as they are kept on the disk
    told: dict[str, Any]
    reader: Reader
    #: the purposes whose yes permits mail
    mail_purposes: Sequence[str]
    #: where visitors go next: an absolute address, or a path on this host
    thanks: str
    #: the same for a script on another site, which needs to know that a bare path is one of ours
    thanks_address: str
    #: `time.monotonic()` at the reading
    read_at: float


class KnownForms:
    """Remembers forms that exist; an unknown key is asked for each time, so a new form works at once.

    While the database is away the last known definition does, if need be the one on the disk.
    """

    def __init__(self, definitions: Definitions) -> None:
        self._forms: dict[str, KnownForm] = {}
        self._definitions = definitions

    def get(self, key: str) -> KnownForm | None:
        """The form of this key, not older than KEPT_SECONDS. Raises ServiceUnavailable when nobody can say."""
        known = self._forms.get(key)
        if known is None or time.monotonic() - known.read_at > KEPT_SECONDS:
            known = self._read(key)
        return known

    def _read(self, key: str) -> KnownForm | None:
        read_at = time.monotonic()
        told = self._remembered(key) if spool.here().away else self._ask_or_remember(key)
        if told is None:
            return None
        self._forms[key] = _known(told, read_at)
        return self._forms[key]

    def _ask_or_remember(self, key: str) -> dict[str, Any] | None:
        try:
            return self._ask(key)
        except AWAY as error:
            if not is_time_out(error):
                spool.here().missed()
            return self._remembered(key)

    def _remembered(self, key: str) -> dict[str, Any]:
        """What was last known of the form; nobody waits for a database that is known to be away."""
        known = self._forms.get(key)
        told: dict[str, Any] | None = known.told if known else self._definitions.find(key)
        if told is None:
            raise ServiceUnavailable(retry_after=RETRY_AFTER)
        return told

    def _ask(self, key: str) -> dict[str, Any] | None:
        """What the database knows of the form."""
        known = self._forms.get(key)
        form = in_transaction(lambda session: form_by_key(session, key))
        if form is None:
            return None
        told = {name: getattr(form, name) for name in ("id", "key", "version", "name", "definition")}
        if known is None or known.version != form.version:
            self._definitions.keep(key, told)
        return told


def known_form(key: str) -> KnownForm:
    """The form, or 404."""
    form = cast(KnownForms, current_app.extensions["known_forms"]).get(key)
    if form is None:
        raise NotFound
    return form


def _known(told: dict[str, Any], read_at: float) -> KnownForm:
    definition = told["definition"]
    thanks = definition["thanks_url"] or url_for("landing.thanks", key=told["key"])
    return KnownForm(
        **told,
        told=told,
        reader=Reader(definition),
        mail_purposes=of_mail(definition["consents"]),
        thanks=thanks,
        thanks_address=urljoin(current().settings.public_url, thanks),
        read_at=read_at,
    )

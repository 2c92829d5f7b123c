"""Form definitions as this process knows them, ready to read posts with, so that a post reads no form."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin

from flask import current_app, url_for
from werkzeug.exceptions import NotFound

from funnel.crm.forms import form_by_key
from funnel.doors import current, in_transaction
from funnel.models import Form
from funnel.purposes import of_mail
from funnel.schemas.submission import Reader

#: seconds until a changed definition is seen by every process
KEPT_SECONDS = 2.0


@dataclass(frozen=True)
class KnownForm:
    id: int
    key: str
    version: int
    name: str
    definition: Mapping[str, Any]
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
    """Remembers forms that exist; an unknown key is asked for each time, so a new form works at once."""

    def __init__(self) -> None:
        self._forms: dict[str, KnownForm] = {}

    def get(self, key: str) -> KnownForm | None:
        """The form of this key, not older than KEPT_SECONDS."""
        known = self._forms.get(key)
        if known is None or time.monotonic() - known.read_at > KEPT_SECONDS:
            known = self._read(key)
        return known

    def _read(self, key: str) -> KnownForm | None:
        read_at = time.monotonic()
        # Reading repeats without harm, also on a connection that a restart of the database left dead.
        form = in_transaction(lambda session: form_by_key(session, key))
        if form is None:
            return None
        self._forms[key] = _known(form, read_at)
        return self._forms[key]


def known_form(key: str) -> KnownForm:
    """The form, or 404."""
    form = cast(KnownForms, current_app.extensions["known_forms"]).get(key)
    if form is None:
        raise NotFound
    return form


def _known(form: Form, read_at: float) -> KnownForm:
    thanks = form.definition["thanks_url"] or url_for("landing.thanks", key=form.key)
    return KnownForm(
        id=form.id,
        key=form.key,
        version=form.version,
        name=form.name,
        definition=form.definition,
        reader=Reader(form.definition),
        mail_purposes=of_mail(form.definition["consents"]),
        thanks=thanks,
        thanks_address=urljoin(current().settings.public_url, thanks),
        read_at=read_at,
    )

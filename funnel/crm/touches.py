"""Where a lead came from: tracking parameters and page addresses, shortened and cleaned of personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from funnel.posted import CLICK_IDS, UTM

#: characters kept of one parameter, and of an address
PARAMETER = 300
ADDRESS = 2000
_KEPT = (*UTM, *CLICK_IDS)


@dataclass(frozen=True)
class Touched:
    """One arrival as it will be kept."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None
    click_ids: dict[str, str] = field(default_factory=dict)
    page: str | None = None
    referrer: str | None = None


def touched(told: Mapping[str, str], page: str | None, referrer: str | None) -> Touched:
    """Read one arrival from what came with a post; all of it is untrusted.

    What `told` leaves open is read from the query of `page`, the address of the page that holds the form.
    """
    page, told_by_page = cleaned(page)
    told = told_by_page | {name: value for name in _KEPT if (value := told.get(name))}
    kept = {name: value[:PARAMETER] for name, value in told.items()}
    ids = {name: kept.pop(name) for name in (*CLICK_IDS, "utm_id") if name in kept}
    utm = {name.removeprefix("utm_"): value for name, value in kept.items()}
    return Touched(**utm, click_ids=ids, page=page, referrer=cleaned(referrer)[0])


@lru_cache(maxsize=4096)
def cleaned(address: str | None) -> tuple[str | None, dict[str, str]]:
    """A web address and the known parameters of its query.

    User, fragment and every other parameter are dropped: they may hold names and addresses. Null for what is no web
    address.
    """
    try:
        parts = urlsplit((address or "")[:ADDRESS])
        known = {name: value for name, value in parse_qsl(parts.query, max_num_fields=200) if name in _KEPT}
    except ValueError:
        return None, {}
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None, {}
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(known), "")), known

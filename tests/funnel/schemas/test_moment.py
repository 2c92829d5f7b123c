"""Points in time that somebody tells us."""

from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError

from funnel.schemas.common import Moment


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2026-03-02T10:00:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02T10:00:00+02:00", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("2026-03-02T10:00:00-23:26", datetime(2026, 3, 3, 9, 26, tzinfo=UTC)),
        ("2999-12-31T23:59:59-23:59", datetime(3000, 1, 1, 23, 58, 59, tzinfo=UTC)),
    ],
)
def test_they_are_in_utc_from_there_on(told, meant):
    loaded = Moment().deserialize(told)

    assert (loaded, loaded.tzinfo) == (meant, UTC)


@pytest.mark.parametrize(
    "told",
    [
        "2026-03-02T10:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1899-12-31T00:00:00Z",
        "soon",
        7,
        None,
    ],
)
def test_what_is_none_or_far_from_any_life_is_refused(told):
    with pytest.raises(ValidationError):
        Moment().deserialize(told)

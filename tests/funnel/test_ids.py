from datetime import timedelta

from funnel import ids
from tests.conftest import NOW


def test_a_later_id_sorts_after_an_earlier_one_and_is_a_version_7_uuid():
    made = [ids.time_ordered(NOW + timedelta(milliseconds=n)) for n in range(100)]

    assert made == sorted(made)
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}

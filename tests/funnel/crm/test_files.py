"""Files kept in the database: whole, in parts, and gone when their time is over."""

from datetime import timedelta

from funnel.crm import files
from funnel.models import FilePart, KeptFile
from tests.conftest import NOW


def make(session, pieces):
    file = files.create(session, "leads.csv", "text/csv", NOW, keep=timedelta(days=1))
    files.fill(session, file.id, pieces)
    return file


def test_pieces_of_any_size_come_back_as_they_were(session):
    pieces = [b"a" * 700_000, b"", b"b" * 2_500_000, b"c"]

    file = make(session, pieces)
    parts = list(files.parts(session, file.id))

    assert b"".join(parts) == b"".join(pieces)
    assert max(map(len, parts)) == files.PART
    assert files.by_id(session, file.id).size == sum(map(len, pieces))


def test_reading_goes_on_from_a_part(session):
    file = make(session, [b"a" * files.PART, b"rest"])

    assert list(files.parts(session, file.id, first=1)) == [b"rest"]


def test_an_expired_file_goes_with_all_its_parts_and_the_others_stay(session):
    make(session, [b"one"])

    files.forget_expired(session, NOW + timedelta(hours=23))
    assert session.query(KeptFile).count() == 1
    files.forget_expired(session, NOW + timedelta(days=1, seconds=1))

    assert (session.query(KeptFile).count(), session.query(FilePart).count()) == (0, 0)

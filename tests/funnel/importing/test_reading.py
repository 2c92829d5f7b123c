"""Files as people have them: any encoding, any separator, in stretches of any size."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.importing import FileError, Reading, Records, Sniffer, bom_length, guess_dialect

FRENCH = "Prénom;E-mail;Ville\r\nHélène;helene@example.com;Orléans\r\nFrançois;francois@example.com;Besançon\r\n"
POLISH = "Imię;Email;Miasto\n" + "Łukasz;lukasz@example.com;Łódź\nŚwiętosława;s@example.com;Gdańsk\n" * 20
RUSSIAN = "Имя;Email;Город\n" + "Наталья;natalya@example.com;Санкт-Петербург\nСергей;s@example.com;Москва\n" * 20
JAPANESE = (
    "名前,メール,会社\n" + "山田太郎,yamada@example.com,株式会社サンプル\n佐藤花子,sato@example.com,例の会社\n" * 20
)


def sniffed(data, size=1000):
    sniffer = Sniffer()
    for at in range(0, len(data), size):
        sniffer.feed(data[at : at + size])
    return sniffer.guess()


def rows(data, reading, size):
    """The whole file, read in stretches of so many bytes as a job does it: again from where the whole rows ended."""
    found, at, line = [], 0, 0
    while at < len(data):
        last = at + size >= len(data)
        records = Records(data[at : at + size], reading, last=last, line=line)
        found += list(records)
        at, line = at + records.used, records.line
        if last:
            break
    return found


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "cp1252"),
        (FRENCH, "mac_roman"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        ("Mail;Prénom\na@example.com;Ann\n", "cp1252"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "cp932"),
        (JAPANESE, "utf-8"),
    ],
)
def test_the_encoding_is_guessed(text, encoding):
    guess = sniffed(text.encode(encoding))

    assert guess.encoding == encoding
    assert guess.confidence >= 0.6


@pytest.mark.parametrize(("encoding", "written"), [("utf-8", "utf-8-sig"), ("utf-16-le", "utf-16")])
def test_a_mark_at_the_start_says_it_for_certain_and_is_no_part_of_the_first_name(encoding, written):
    data = FRENCH.encode(written)

    guess = sniffed(data)
    start = bom_length(data, guess.encoding)

    assert (guess.encoding, guess.confidence) == (encoding, 1.0)
    assert data[start:].decode(encoding).startswith("Prénom")


def test_a_letter_far_behind_the_sample_is_seen():
    data = b"email;name\n" + b"a@example.com;Ann\n" * 20_000 + "b@example.com;Hélène\n".encode("cp1252") * 3

    assert sniffed(data, 1 << 16).encoding == "cp1252"


def test_a_broken_byte_does_not_make_utf8_something_else():
    data = FRENCH.encode() * 20 + b"x;\xe9@example.com;y\n"

    guess = sniffed(data)

    assert (guess.encoding, guess.confidence) == ("utf-8", 0.5)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_guessed_also_where_another_is_in_the_cells(separator):
    text = separator.join(["Email", "Company", "Notes"]) + "\n"
    text += "".join(separator.join([f"a{n}@example.com", '"Smith, Jones; & Sons | Ltd"', "x"]) + "\n" for n in range(9))

    dialect = guess_dialect(text)

    assert (dialect.separator, dialect.header) == (separator, True)
    assert dialect.confidence > 0.9


def test_a_first_row_with_an_address_is_a_person():
    assert guess_dialect("ann@example.com;Ann\nbob@example.com;Bob\n").header is False


def test_a_column_of_addresses_alone_has_no_separator_to_be_sure_of():
    dialect = guess_dialect("ann@example.com\nbob@example.com\n")

    assert (dialect.separator, dialect.header, dialect.confidence) == (",", False, 0.5)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le"])
@pytest.mark.parametrize("size", [46, 61, 100, 1000])
def test_a_file_read_in_stretches_is_the_same_as_at_once(encoding, size):
    text = 'email;note\na@example.com;"two\nlines; and ""quotes"""\r\n\r\nb@example.com;é\nc@example.com;end'
    size = size * (2 if encoding.startswith("utf-16") else 1)

    found = rows(text.encode(encoding), Reading(encoding, ";", True), size)

    assert found == [
        (1, ["email", "note"]),
        (2, ["a@example.com", 'two\nlines; and "quotes"']),
        (5, ["b@example.com", "é"]),
        (6, ["c@example.com", "end"]),
    ]


cell = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.lists(cell, min_size=2, max_size=4), min_size=1, max_size=12),
    st.integers(400, 3000),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_a_spreadsheet_writes_is_read_back_from_stretches_of_any_size(table, size, end):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)

    found = rows(out.getvalue().encode(), Reading("utf-8", ";", False), size)

    assert [cells for _, cells in found] == [row for row in table if any(row)]


def test_the_first_byte_that_is_no_text_is_named_by_its_line():
    data = b"email;name\na@example.com;Ann\nb@example.com;\xe9\n"

    with pytest.raises(FileError) as told:
        list(Records(data, Reading("utf-8", ";", True), last=True, line=10))

    assert (told.value.reason, told.value.line) == ("encoding", 13)


def test_a_quote_that_nothing_closes_is_named_and_does_not_fill_the_memory():
    data = b'email;name\na@example.com;"Ann\n' + b"b@example.com;Bob\n" * 20_000

    with pytest.raises(FileError) as told:
        list(Records(data, Reading("utf-8", ";", True), last=False))

    assert (told.value.reason, told.value.line) == ("quote", 2)


def test_nothing_that_is_no_text_is_read():
    with pytest.raises(FileError) as told:
        list(Records(b"email\na@example.com\nPK\x03\x00", Reading("utf-8", ";", True), last=True))

    assert (told.value.reason, told.value.line) == ("nul", 3)

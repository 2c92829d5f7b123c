"""The committed description of the API, from which the app's types are made."""

from tests.openapi import FILE, described


def test_the_committed_description_is_what_the_service_says():
    assert FILE.read_text(encoding="utf-8") == described(), "The API changed: run ./run openapi and commit the file."

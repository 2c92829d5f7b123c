from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import links

OLD, NEW = b"old-key-" * 4, b"new-key-" * 4
MESSAGE = UUID("018f0000-0000-7000-8000-000000000001")


@given(lead_id=st.integers(1, 2**63 - 1), message_id=st.uuids())
def test_an_unsubscribe_token_tells_whose_mail_it_was_and_which(lead_id, message_id):
    token = links.unsubscribe_token([NEW], lead_id, message_id)

    assert links.read_unsubscribe([NEW], token) == (lead_id, message_id)


@given(submission_id=st.uuids())
def test_a_confirmation_token_tells_the_submission(submission_id):
    assert links.read_confirm([NEW], links.confirm_token([NEW], submission_id)) == submission_id


def test_a_token_of_a_rotated_key_still_works():
    token = links.unsubscribe_token([OLD], 7, MESSAGE)

    assert links.read_unsubscribe([NEW, OLD], token) == (7, MESSAGE)
    assert links.read_unsubscribe([NEW], token) is None


def test_a_token_is_good_for_one_purpose():
    token = links.sign([NEW], "confirm", b"\1" + MESSAGE.bytes)

    assert links.read_unsubscribe([NEW], token) is None


@given(position=st.integers(0, 46), letter=st.sampled_from("ABCabc019-_"))
def test_a_token_with_one_other_letter_is_not_ours(position, letter):
    token = links.unsubscribe_token([NEW], 7_654_321, MESSAGE)
    # The last letter carries spare bits that decoding drops.
    changed = token[:position] + letter + token[position + 1 :]

    read = links.read_unsubscribe([NEW], changed)

    assert read is None or changed == token or position == len(token) - 1


@pytest.mark.parametrize("text", ["", "a", "é", "=", "%00", "A" * 21, "A" * 22, "A" * 5000, "../../etc/passwd"])
def test_any_other_text_is_not_a_token(text):
    assert links.read_unsubscribe([NEW], text) is None
    assert links.read_confirm([NEW], text) is None


def test_the_list_unsubscribe_line_of_a_ten_million_leads_database_is_not_folded():
    token = links.unsubscribe_token([NEW], 16_000_000, uuid4())

    assert len(f"List-Unsubscribe: <https://funnel.example.com/u/{token}>") < 97
    assert len(links.unsubscribe_token([NEW], 2**63 - 1, uuid4())) <= 55

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from funnel import addresses

PIECES = st.sampled_from(
    ["a", "Z", "9", "-", "--", "_", ".", "..", "+", "@", "é", "\n", " ", "xn--", "local", "test", "com"]
)
LABELS = st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)


LIKELY = st.tuples(LABELS, st.lists(LABELS, min_size=1, max_size=4)).map(
    lambda parts: f"{parts[0]}@{'.'.join(parts[1])}"
)


@given(st.lists(PIECES, max_size=14).map("".join) | LIKELY)
def test_the_library_accepts_what_the_fast_path_accepts(address):
    if addresses._PLAIN.match(address):
        checked = validate_email(address, check_deliverability=False, test_environment=True, strict=True)
        assert checked.ascii_email == address


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Jane.Doe@Example.COM ", "jane.doe@example.com"),
        ("a+b@sub.example.co.uk", "a+b@sub.example.co.uk"),
        ("o'hara@example.com", "o'hara@example.com"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("kit@shop.test", "kit@shop.test"),
    ],
)
def test_an_address_is_kept_in_one_way_of_writing(written, kept):
    assert addresses.normalised(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "jane",
        "jane@",
        "@example.com",
        "jane@localhost",
        "jane@printer.local",
        "jane..doe@example.com",
        '"jane doe"@example.com',
        "jane@example.com\r\nBcc: everyone@example.com",
        "jane@example.com\nx@example.com",
        "jané@example.com",
        "jane@[127.0.0.1]",
        "Jane <jane@example.com>",
        "a" * 65 + "@example.com",
        "a@" + "b." * 130 + "com",
        "\ud800@example.com",
    ],
)
def test_what_cannot_be_mailed_is_no_address(written):
    assert addresses.normalised(written) is None

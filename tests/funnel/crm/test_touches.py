import pytest

from funnel.crm.touches import cleaned, touched


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://shop.example/a?utm_source=ad&email=jane@example.com#x", "https://shop.example/a?utm_source=ad"),
        ("https://jane:secret@shop.example/", "https://shop.example/"),
        ("http://shop.example", "http://shop.example"),
        ("android-app://com.google", None),
        ("javascript:alert(1)", None),
        ("//shop.example", None),
        ("http://[::", None),
        ("no address", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_kept_without_what_may_be_personal(address, kept):
    assert cleaned(address)[0] == kept


def test_what_came_with_the_post_wins_over_the_page():
    touch = touched({"utm_source": "mail"}, "https://shop.example/?utm_source=ad&utm_medium=cpc&fbclid=1", None)

    assert (touch.source, touch.medium, touch.click_ids) == ("mail", "cpc", {"fbclid": "1"})


def test_long_parameters_are_cut():
    assert len(touched({"utm_term": "a" * 999}, None, None).term) == 300

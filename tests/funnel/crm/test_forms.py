import pytest

from funnel.crm import forms
from funnel.crm.errors import TakenError
from funnel.schemas.form import FormIn

DEMO = FormIn().load({"key": "demo", "name": "Demo"})


def test_a_key_names_one_form(session, now):
    forms.create_form(session, DEMO, now)

    with pytest.raises(TakenError):
        forms.create_form(session, DEMO, now)


def test_a_change_makes_the_next_version(session, now):
    forms.create_form(session, DEMO, now)

    changed = forms.update_form(session, "demo", DEMO | {"thanks_url": "/thanks"}, now)

    assert (changed.version, changed.definition["thanks_url"]) == (2, "/thanks")


def test_the_same_definition_again_makes_no_version(session, now):
    forms.create_form(session, DEMO, now)

    assert forms.update_form(session, "demo", DEMO, now).version == 1


def test_an_unknown_form_is_none(session, now):
    assert forms.form_by_key(session, "nope") is None
    assert forms.form_by_key(session, "\0") is None
    assert forms.update_form(session, "nope", DEMO, now) is None


def test_forms_come_in_pages_by_key(session, now):
    for key in ("c", "a", "b"):
        forms.create_form(session, DEMO | {"key": key}, now)

    assert [form.key for form in forms.forms(session, limit=2)] == ["a", "b"]
    assert [form.key for form in forms.forms(session, after="b", limit=2)] == ["c"]

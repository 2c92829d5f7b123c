"""Forms by program: made once, read, changed into a next version."""

import pytest

FORM = {
    "key": "start-trial",
    "name": "Start a trial",
    "fields": [
        {"key": "email", "label": "Email", "type": "email", "required": True},
        {"key": "company", "label": "Company", "type": "text", "required": False},
    ],
    "consents": [{"purpose": "newsletter", "wording": "Yes, write to me.", "required": False}],
    "double_opt_in": False,
    "thanks_url": "https://shop.example/thanks",
    "origins": ["https://shop.example"],
}


def test_a_form_is_made_and_reads_as_it_was_written(api):
    made = api("POST", "/forms", json=FORM)

    assert made.status_code == 201
    assert made.json["version"] == 1
    for name in ("key", "name", "consents", "double_opt_in", "thanks_url", "origins"):
        assert made.json[name] == FORM[name]
    assert [field["key"] for field in made.json["fields"]] == ["email", "company"]
    assert api("GET", "/forms/start-trial").json == made.json


def test_a_key_is_used_once(api):
    api("POST", "/forms", json=FORM)

    again = api("POST", "/forms", json=FORM)

    assert (again.status_code, again.json["code"]) == (409, "taken")
    assert "key" in again.json["errors"]


def test_a_change_makes_the_next_version(api):
    api("POST", "/forms", json=FORM)

    changed = api("PUT", "/forms/start-trial", json=FORM | {"name": "Start now"}, headers={"If-Match": '"1"'})

    assert (changed.status_code, changed.json["version"], changed.json["name"]) == (200, 2, "Start now")


@pytest.mark.parametrize(("path", "status"), [("/forms/other", 422), ("/forms/start-trial", 404)])
def test_a_change_needs_the_form_and_its_key(api, path, status):
    answer = api("PUT", path, json=FORM, headers={"If-Match": '"1"'})

    assert answer.status_code == status


def test_the_list_pages_by_key(api, queries):
    for key in ("c", "a", "b"):
        api("POST", "/forms", json=FORM | {"key": key})
    queries.clear()

    first = api("GET", "/forms?limit=2").json
    assert len(queries) == 2
    second = api("GET", f"/forms?limit=2&cursor={first['next_cursor']}").json

    assert [form["key"] for form in first["items"] + second["items"]] == ["a", "b", "c"]
    assert second["next_cursor"] is None

"""What becomes of a row."""

import orjson
import pytest

from funnel.importing import Plan, PlanError, Refusal
from funnel.importing.plan import stage_names
from tests.conftest import NOW

STAGES = stage_names([("subscriber", "Subscriber"), ("customer", "Client fidèle"), ("sales-qualified", "SQL")])


def planned(*columns, **options):
    return Plan(columns, columns, STAGES, NOW, zones={"Europe/Paris"}, **options)


def told(row):
    return orjson.loads(row.told)


def test_a_row_is_a_person_with_fields_tags_stage_and_times():
    plan = planned("email", "fields.first_name", "tags", "stage", "created_at", "zone", "locale", "source", "ignore")

    row = plan.row(
        [
            " Ann@Example.COM ",
            " Ann ",
            "vip; b2b,vip",
            "client fidele",
            "02/03/2024",
            *("Europe/Paris",),
            "fr_FR",
            "fair",
            "?",
        ]
    )

    assert (row.email, row.said) == ("ann@example.com", "yes")
    assert told(row) == {
        "fields": {"first_name": "Ann"},
        "tags": ["vip", "b2b"],
        "stage": "customer",
        "created_at": "2024-03-02T00:00:00+00:00",
        "zone": "Europe/Paris",
        "locale": "fr-FR",
        "source": "fair",
    }


@pytest.mark.parametrize(
    ("written", "day_first", "read"),
    [
        ("2024-03-02", True, "2024-03-02T00:00:00+00:00"),
        ("2024-03-02T10:11:12Z", True, "2024-03-02T10:11:12+00:00"),
        ("2024-03-02 10:11", True, "2024-03-02T10:11:00+00:00"),
        ("2024-03-02 10:11:12.13 +0200 CEST", True, "2024-03-02T08:11:12+00:00"),
        ("2.3.2024 7:05", True, "2024-03-02T07:05:00+00:00"),
        ("03/02/2024", False, "2024-03-02T00:00:00+00:00"),
    ],
)
def test_dates_as_programs_write_them(written, day_first, read):
    row = planned("email", "created_at", day_first=day_first).row(["a@example.com", written])

    assert told(row)["created_at"] == read


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("created_at", "31/02/2024"),
        ("created_at", "yesterday"),
        ("created_at", "2031-01-01"),
        ("stage", "king"),
        ("zone", "Mars/Phobos"),
        ("tags", "x" * 101),
        ("attributes", "[1]"),
        ("consent", "perhaps"),
        ("mail_status", "dunno"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_column_that_says_it(column, cell):
    assert planned("email", column).row(["a@example.com", cell]) == Refusal("value", column)


@pytest.mark.parametrize(
    ("cell", "reason"), [("", "no_email"), ("  ", "no_email"), ("ann@", "email"), ("ann", "email")]
)
def test_a_row_without_an_address_is_nobody(cell, reason):
    assert planned("email").row([cell]) == Refusal(reason, "email")


def test_rows_may_be_shorter_than_the_header_and_longer_by_nothing_only():
    plan = planned("email", "fields.a")

    assert told(plan.row(["a@example.com"])) == {"fields": {}}
    assert told(plan.row(["a@example.com", "x", "", ""])) == {"fields": {"a": "x"}}
    assert plan.row(["a@example.com", "x", "y"]) == Refusal("cells", None)


def test_a_row_too_large_is_refused():
    assert planned("email", "fields.a").row(["a@example.com", "x" * 70_000]) == Refusal("long", None)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("mail_status", "Active", "yes"),
        ("mail_status", "enabled", "yes"),
        ("mail_status", "Unconfirmed", "unconfirmed"),
        ("mail_status", "", "unconfirmed"),
        ("mail_status", "Désinscrit", "no"),
        ("mail_status", "blocklisted", "no"),
        ("mail_status", "Hard bounced", "bounced"),
        ("mail_status", "spam complaint", "complained"),
        ("consent", "Oui", "yes"),
        ("consent", "0", None),
        ("consent", "", None),
        ("opt_out", "", "yes"),
        ("opt_out", "FALSE", "yes"),
        ("opt_out", "2024-03-02 10:00", "no"),
        ("opt_out", "perhaps", "no"),
        ("bounced", "OTHER", "bounced"),
        ("complained", "true", "complained"),
    ],
)
def test_what_is_said_about_mail(column, cell, said):
    assert planned("email", column).row(["a@example.com", cell]).said == said


def test_the_strongest_answer_of_a_row_counts():
    plan = planned("email", "consent", "opt_out", "bounced")

    assert plan.row(["a@example.com", "yes", "no", ""]).said == "yes"
    assert plan.row(["a@example.com", "yes", "yes", ""]).said == "no"
    assert plan.row(["a@example.com", "yes", "yes", "yes"]).said == "bounced"


def test_a_no_is_taken_whatever_else_is_wrong_with_its_row():
    plan = planned("email", "created_at", "fields.a", "opt_out")

    row = plan.row(["a@example.com", "never", "x", "yes", "one cell too many"][:4])

    assert (row.said, told(row)) == ("no", {"fields": {"a": "x"}})


def test_attributes_are_fields_and_a_column_of_its_own_says_it_better():
    plan = planned("email", "fields.city", "attributes")

    row = plan.row(["a@example.com", "Lyon", '{"city": "Paris", "seats": 4, "email": "x", "note": ""}'])

    assert told(row)["fields"] == {"city": "Lyon", "seats": 4}


def test_fields_with_a_type_are_read_by_it():
    plan = planned("email", "fields.seats", readers={"seats": int})

    assert told(plan.row(["a@example.com", "4"]))["fields"] == {"seats": 4}
    assert plan.row(["a@example.com", "four"]) == Refusal("value", "fields.seats")


def test_no_plan_without_addresses():
    with pytest.raises(PlanError):
        planned("fields.a")

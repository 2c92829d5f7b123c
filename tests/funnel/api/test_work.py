"""Owners, notes and tasks over the API: who may be given what, what is kept, what the log tells and what not."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel.crm import users
from funnel.models import Event, Note, Task
from tests import factories, people


@pytest.fixture
def wall(context):
    return context.wall()


@pytest.fixture
def lena(context):
    with context.database.transaction() as session:
        return factories.lead(session, "lena@example.com", fields={"first_name": "Lena"}).id


@pytest.fixture
def team(context, wall):
    """The ids of Mia and Noa, who may sign in."""
    with context.database.transaction() as session:
        return [
            people.user(session, f"{name.lower()}@funnel.example", name=name, at=wall).id for name in ("Mia", "Noa")
        ]


def facts(context, kind=None):
    with context.database.transaction() as session:
        found = session.query(Event).order_by(Event.id)
        return [(one.lead_id, one.data) for one in (found.filter_by(kind=kind) if kind else found)]


def test_a_lead_is_given_to_somebody_and_to_nobody_again(api, context, lena, team):
    given = api("PUT", f"/leads/{lena}/owner", json={"owner": team[0]})
    again = api("PUT", f"/leads/{lena}/owner", json={"owner": team[0]})
    taken = api("PUT", f"/leads/{lena}/owner", json={"owner": None})

    assert [one.json["owner"] for one in (given, again, taken)] == [team[0], team[0], None]
    told = [(data["owner"], data["before"], data["how"]) for _, data in facts(context, "assigned")]
    assert told == [(team[0], None, "by hand"), (None, team[0], "by hand")]


def test_nobody_who_was_removed_or_is_only_invited_gets_leads_or_tasks(api, context, lena, team, wall):
    with context.database.transaction() as session:
        users.remove(session, users.find(session, team[1]), wall)
        invited = people.user(session, "ina@funnel.example", name="Ina", at=wall)
        invited.joined_at = None
        session.flush()
        ids = [team[1], invited.id, 999_999]
    due = {"title": "Call", "due_at": wall.isoformat()}
    for user in ids:
        refused = api("PUT", f"/leads/{lena}/owner", json={"owner": user})
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["owner"])
        refused = api("POST", f"/leads/{lena}/tasks", json=due | {"assignee": user})
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["assignee"])
    assert facts(context) == []


def test_notes_are_written_edited_pinned_and_deleted_and_the_log_never_says_what_they_said(api, context, lena):
    first = api("POST", f"/leads/{lena}/notes", json={"text": " Likes tea. "}).json
    second = api("POST", f"/leads/{lena}/notes", json={"text": "Budget in May.", "pinned": True}).json
    edited = api("PATCH", f"/leads/{lena}/notes/{first['id']}", json={"text": "Likes coffee."}).json

    told = api("GET", f"/leads/{lena}/notes").json
    assert ([one["text"] for one in told["pinned"]], [one["text"] for one in told["items"]]) == (
        ["Budget in May."],
        ["Likes coffee."],
    )
    assert (first["text"], first["edited_at"], edited["edited_at"] is not None) == ("Likes tea.", None, True)
    assert first["author"].startswith("token ")
    assert api("DELETE", f"/leads/{lena}/notes/{second['id']}").status_code == 204
    assert api("GET", f"/leads/{lena}/notes").json["pinned"] == []
    with context.database.transaction() as session:
        kinds = session.scalars(text("SELECT kind FROM events ORDER BY id")).all()
        everything = session.scalar(text("SELECT string_agg(e::text, ' ') FROM events e"))
    assert kinds == ["note_added", "note_added", "note_changed", "note_removed"]
    assert not {"tea", "coffee", "Budget"} & set(everything.replace('"', " ").split())


def test_pinning_is_no_edit_and_only_so_many_notes_are_pinned(api, context, lena):
    notes = [api("POST", f"/leads/{lena}/notes", json={"text": f"{n}", "pinned": True}).json for n in range(10)]
    refused = api("POST", f"/leads/{lena}/notes", json={"text": "one more", "pinned": True})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["pinned"])

    unpinned = api("PATCH", f"/leads/{lena}/notes/{notes[0]['id']}", json={"pinned": False}).json

    assert (unpinned["pinned"], unpinned["edited_at"]) == (False, None)
    assert len(facts(context, "note_added")) == 10


def test_notes_come_page_by_page(api, lena):
    for n in range(5):
        api("POST", f"/leads/{lena}/notes", json={"text": f"{n}"})

    first = api("GET", f"/leads/{lena}/notes?limit=3").json
    rest = api("GET", f"/leads/{lena}/notes?limit=3&cursor={first['next_cursor']}").json

    assert [[one["text"] for one in page["items"]] for page in (first, rest)] == [["4", "3", "2"], ["1", "0"]]
    assert rest["next_cursor"] is None


def test_the_note_of_one_lead_is_not_another_s(api, context, lena):
    with context.database.transaction() as session:
        other = factories.lead(session).id
    note = api("POST", f"/leads/{lena}/notes", json={"text": "x"}).json["id"]

    assert api("PATCH", f"/leads/{other}/notes/{note}", json={"text": "y"}).status_code == 404
    assert api("DELETE", f"/leads/{other}/notes/{note}").status_code == 404


@pytest.mark.parametrize("said", ["", "   ", "x" * 10_001, None, 3])
def test_a_note_says_something_and_not_too_much(api, lena, said):
    assert api("POST", f"/leads/{lena}/notes", json={"text": said}).status_code == 422


def test_a_task_is_done_opened_again_and_deleted(api, context, lena, team, wall):
    due = wall + timedelta(days=1)
    task = api(
        "POST",
        f"/leads/{lena}/tasks",
        json={"title": "Call Lena", "due_at": due.isoformat(), "zone": "Europe/Paris", "assignee": team[0]},
    ).json
    assert (task["zone"], task["assignee"], task["done_at"]) == ("Europe/Paris", team[0], None)

    done = api("PATCH", f"/tasks/{task['id']}", json={"done": True}).json
    repeated = api("PATCH", f"/tasks/{task['id']}", json={"done": True}).json
    assert (done["done_at"], done["done_by"]) == (repeated["done_at"], repeated["done_by"])
    assert [one["id"] for one in api("GET", "/tasks?done=true").json["items"]] == [task["id"]]
    reopened = api("PATCH", f"/tasks/{task['id']}", json={"done": False, "title": "Call again"}).json
    assert (reopened["done_at"], reopened["title"]) == (None, "Call again")
    assert api("DELETE", f"/tasks/{task['id']}").status_code == 204

    with context.database.transaction() as session:
        kinds = session.scalars(text("SELECT kind FROM events ORDER BY id")).all()
        assert "Lena" not in session.scalar(text("SELECT string_agg(e::text, ' ') FROM events e"))
        assert session.query(Task).count() == 0
    assert kinds == ["task_added", "task_done", "task_changed", "task_reopened", "task_removed"]


def test_tasks_are_listed_by_when_they_are_due_narrowed_and_page_by_page(api, context, lena, team, wall):
    with context.database.transaction() as session:
        other = factories.lead(session, "omar@example.com").id
    for n, (lead, user) in enumerate([(lena, team[0]), (other, team[0]), (lena, team[1]), (other, None)]):
        due = (wall + timedelta(hours=n - 1)).isoformat()
        api("POST", f"/leads/{lead}/tasks", json={"title": f"{n}", "due_at": due, "assignee": user})

    def titles(query):
        return [one["title"] for one in api("GET", f"/tasks?{query}").json["items"]]

    assert titles("") == ["0", "1", "2", "3"]
    assert titles(f"assignee={team[0]}") == ["0", "1"]
    assert titles("assignee=none") == ["3"]
    assert titles("assignee=me") == []
    assert titles(f"lead={other}") == ["1", "3"]
    assert titles(f"before={wall.isoformat().replace('+', '%2B')}") == ["0"]
    first = api("GET", "/tasks?limit=3").json
    assert [one["title"] for one in first["items"]] == ["0", "1", "2"]
    assert titles(f"limit=3&cursor={first['next_cursor']}") == ["3"]
    assert first["items"][0]["email"] == "lena@example.com"
    assert first["items"][0]["fields"] == {"first_name": "Lena"}


def test_people_see_how_much_they_have_to_do(context, client, lena, team, wall):
    with context.database.transaction() as session:
        people.sign_in(session, client, users.find(session, team[0]), wall)
        rows = [{"title": "x", "zone": "UTC", "created_by": "user 1", "created_at": wall, "lead_id": lena}] * 3
        for hours, row in zip((-1, 1, 2), rows, strict=True):
            session.add(Task(due_at=wall + timedelta(hours=hours), assignee_id=team[0], **row))

    assert client.get("/api/v1/tasks/counts").json == {"overdue": 1, "open": 3, "most": 1000}
    assert len(client.get("/api/v1/tasks?assignee=me").json["items"]) == 3


def test_a_list_of_tasks_takes_as_many_statements_for_many_as_for_one(api, context, lena, wall, queries):
    def add(number):
        with context.database.transaction() as session:
            session.add_all(
                Task(title="x", due_at=wall, zone="UTC", created_by="user 1", created_at=wall, lead_id=lena)
                for _ in range(number)
            )

    add(1)
    queries.clear()
    api("GET", "/tasks")
    one = len(queries)
    add(40)
    queries.clear()
    api("GET", "/tasks")

    assert len(queries) == one


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x"}, "due_at"),
        ({"title": "", "due_at": "2026-03-02T10:00:00Z"}, "title"),
        ({"title": "x", "due_at": "2026-03-02T10:00:00"}, "due_at"),
        ({"title": "x", "due_at": "2026-03-02T10:00:00Z", "zone": "Mars/Dune"}, "zone"),
        ({"title": "x", "due_at": "2026-03-02T10:00:00Z", "owner": 1}, "owner"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused_by_field(api, lena, body, field):
    refused = api("POST", f"/leads/{lena}/tasks", json=body)

    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])


def test_nothing_is_written_about_nobody(api, context, wall):
    due = wall.isoformat()
    assert api("POST", "/leads/999999/notes", json={"text": "x"}).status_code == 404
    assert api("POST", "/leads/999999/tasks", json={"title": "x", "due_at": due}).status_code == 404
    assert api("PUT", "/leads/999999/owner", json={"owner": None}).status_code == 404
    with context.database.transaction() as session:
        assert session.query(Note).count() == session.query(Task).count() == 0


def test_rules_that_share_leads_out_are_kept_in_their_order(api, team):
    rules = [
        {"name": "Clinics", "condition": {"field": {"key": "kind", "is": "clinic"}}, "owners": [team[1]]},
        {"name": "All others", "condition": None, "owners": team},
    ]

    assert api("PUT", "/assignment", json={"rules": rules}).json == {"rules": rules}
    assert api("GET", "/assignment").json == {"rules": rules}
    assert api("PUT", "/assignment", json={"rules": []}).json == {"rules": []}


def test_a_rule_that_makes_no_sense_is_refused_by_path(api, team):
    def refused(rule):
        answer = api("PUT", "/assignment", json={"rules": [{"name": "x", "condition": None, "owners": team} | rule]})
        return answer.status_code, list(answer.json["errors"])

    assert refused({"owners": [999_999]}) == (422, ["rules.0.owners"])
    assert refused({"owners": []}) == (422, ["rules.0.owners"])
    assert refused({"condition": {"stge": "x"}}) == (422, ["rules.0.condition"])
    assert api("GET", "/assignment").json == {"rules": []}

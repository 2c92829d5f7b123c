"""What the editor asks of the API: checks, versions and what differs, counts, copies, who is inside, simulations."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from funnel.crm import consents, suppressions
from nurture_sequences import counts
from nurture_sequences.models import Sequence
from tests import factories, problems

MAIL = {"id": "welcome", "email": {"subject": "Welcome", "text": "Good to see you."}}
WAIT = {"id": "breathe", "wait": {"for": "2 days"}}
FORK = {
    "id": "fork",
    "branch": [
        {"when": {"tag": "vip"}, "name": "vip", "steps": [{"id": "hot", "stage": "lead"}]},
        {"otherwise": [{"id": "cold", "tag": "cold"}]},
    ],
}
TRIAL = {"name": "Trial", "steps": [MAIL, WAIT, FORK]}


@pytest.fixture
def api(played_api):
    """On the clock that the test moves."""
    return played_api


@pytest.fixture
def trial(api):
    """A published sequence; returns the ETag of its draft."""
    etag = api("PUT", "/sequences/trial", json=TRIAL).headers["ETag"]
    assert api("POST", "/sequences/trial/publish").status_code == 200
    return etag


def draft(api, etag, **document):
    answer = api("PUT", "/sequences/trial", json=TRIAL | document, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.json
    return answer.headers["ETag"]


class TestCheck:
    def test_problems_come_with_their_steps_and_nothing_is_saved(self, api):
        broken = TRIAL | {"goal": 7, "steps": [{"id": "breathe", "wait": "soon"}]}

        checked = api("POST", "/sequences/trial/check", json=broken)

        assert checked.status_code == 200
        told = [(one["level"], one["step"], one["path"]) for one in checked.json["problems"]]
        assert told == [("error", None, "goal"), ("error", "breathe", "steps/0/wait")]
        assert api("GET", "/sequences/trial").status_code == 404

    def test_a_warning_is_told_once_there_is_no_error(self, api):
        checked = api("POST", "/sequences/trial/check", json=TRIAL | {"enter": {"form": "none"}})

        [warning] = checked.json["problems"]
        assert (warning["level"], warning["path"]) == ("warning", "enter/form")

    @pytest.mark.parametrize("body", [{"key": "other"}, []])
    def test_what_is_no_document_of_this_sequence_is_refused(self, api, body):
        assert api("POST", "/sequences/trial/check", json=body).status_code == 422


class TestVersions:
    def test_the_list_names_what_was_published_newest_first(self, api, trial):
        draft(api, trial, steps=[MAIL])
        api("POST", "/sequences/trial/publish")

        listed = api("GET", "/sequences/trial/versions").json["items"]

        assert [one["number"] for one in listed] == [2, 1]
        assert api("GET", "/sequences/trial/versions/1").json["document"] == {"key": "trial"} | TRIAL

    def test_the_draft_is_compared_with_a_version(self, api, trial):
        draft(api, trial, steps=[MAIL, WAIT | {"wait": {"for": "3 days"}}])

        changes = api("GET", "/sequences/trial/diff?before=1&after=draft").json["changes"]

        assert [(one["how"], one["step"]) for one in changes] == [
            ("changed", "breathe"), ("removed", "fork"), ("removed", "hot"), ("removed", "cold"),
        ]  # fmt: skip
        assert changes[0]["parts"] == ["wait"]
        assert (changes[0]["before"], changes[0]["after"]) == (WAIT, WAIT | {"wait": {"for": "3 days"}})

    def test_a_sequence_says_whether_its_draft_is_published(self, api, trial):
        before = api("GET", "/sequences/trial").json["unpublished"]
        draft(api, trial, steps=[MAIL])

        assert (before, api("GET", "/sequences/trial").json["unpublished"]) == (False, True)
        [listed] = api("GET", "/sequences").json["items"]
        assert (listed["name"], listed["unpublished"], listed["problems"]) == ("Trial", True, 0)

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/sequences/trial/versions/2", 404),
            ("/sequences/trial/versions/0", 404),
            ("/sequences/none/versions", 404),
            ("/sequences/none/diff?before=1&after=draft", 404),
            ("/sequences/trial/diff?before=1&after=9", 404),
            ("/sequences/trial/diff?before=1", 422),
            ("/sequences/trial/diff?before=x&after=draft", 422),
            ("/sequences/trial/counts?version=9", 404),
            ("/sequences/none/counts", 404),
        ],
    )
    def test_what_is_not_there_is_told(self, api, trial, path, status):
        answer = api("GET", path)

        assert answer.status_code == status
        problems.check(answer)


class TestPreview:
    def test_it_tells_what_changes_and_that_those_inside_stay_where_they_are(self, api, trial, lena, play):
        api("POST", "/sequences/trial/enrollments", json={"lead_id": lena})
        play.turn()
        draft(api, trial, steps=[MAIL])

        preview = api("GET", "/sequences/trial/publish-preview").json
        published = api("POST", "/sequences/trial/publish").json

        assert preview["number"] == published["number"] == 2
        assert {one["step"] for one in preview["changes"]} == {"breathe", "fork", "hot", "cold"}
        assert preview["problems"] == []
        assert preview["complete"] is True
        [standing] = preview["inside"]
        assert (standing["version"], standing["here"]) == (1, 1)
        assert published["inside_older"] == {"1": 1}

    def test_of_an_unchanged_draft_nothing_would_change(self, api, trial):
        preview = api("GET", "/sequences/trial/publish-preview").json

        assert (preview["number"], preview["changes"]) == (1, [])

    def test_a_draft_with_problems_has_a_preview_that_says_so(self, api):
        api("PUT", "/sequences/trial", json={"steps": [{"id": "x", "teleport": 1}]})

        preview = api("GET", "/sequences/trial/publish-preview").json

        assert [one["level"] for one in preview["problems"]] == ["error"]
        assert preview["number"] == 1


class TestDuplicate:
    def test_the_copy_is_a_draft_of_its_own(self, api, trial):
        copied = api("POST", "/sequences/trial/duplicate", json={"key": "second", "name": "Second"})

        assert copied.status_code == 201
        assert copied.json["draft"] == TRIAL | {"key": "second", "name": "Second"}
        assert (copied.json["status"], copied.json["live_number"]) == ("draft", None)
        assert copied.headers["ETag"] == '"1"'

    @pytest.mark.parametrize(
        ("original", "body", "status", "code"),
        [
            ("trial", {"key": "trial"}, 409, "taken"),
            ("none", {"key": "other"}, 404, "not_found"),
            ("trial", {"key": "Not A Key"}, 422, "invalid"),
            ("trial", {}, 422, "invalid"),
        ],
    )
    def test_what_cannot_be_copied_is_told(self, api, trial, original, body, status, code):
        answer = api("POST", f"/sequences/{original}/duplicate", json=body)

        assert (answer.status_code, answer.json["code"]) == (status, code)


class TestCounts:
    @pytest.fixture
    def walked(self, api, trial, context, play):
        """One lead waits, one went through, one agreed to nothing, one was taken out while it waited."""
        with context.database.transaction() as session:
            people = {
                "through": factories.lead(session, "through@example.com", tags=["vip"]).id,
                "silent": factories.lead(session, "silent@example.com", agreed=False).id,
                "waiting": factories.lead(session, "waiting@example.com").id,
                "gone": factories.lead(session, "gone@example.com").id,
            }
        for name in ("through", "silent"):
            api("POST", "/sequences/trial/enrollments", json={"lead_id": people[name]})
        play.after(days=3)
        for name in ("waiting", "gone"):
            people[name] = api("POST", "/sequences/trial/enrollments", json={"lead_id": people[name]}).json["id"]
        play.turn()
        assert api("DELETE", f"/sequences/trial/enrollments/{people['gone']}").status_code == 204
        return people

    def test_each_step_tells_who_is_there_who_came_and_what_became_of_its_mail(self, api, walked):
        answer = api("GET", "/sequences/trial/counts").json

        assert (answer["version"], answer["approximate"]) == (1, False)
        columns = ("here", "entered", "sent", "refused", "skipped")
        assert {one["step"]: tuple(one[name] for name in columns) for one in answer["steps"]} == {
            "welcome": (0, 4, 3, 0, 1),
            "breathe": (1, 4, 0, 0, 0),
            "fork": (0, 2, 0, 0, 0),
            "hot": (0, 1, 0, 0, 0),
            "cold": (0, 1, 0, 0, 0),
        }

    def test_of_a_great_many_who_passed_a_part_is_read_and_the_answer_says_so(self, api, walked, context, monkeypatch):
        monkeypatch.setattr(counts, "CHOSEN", 1)
        with context.database.transaction() as session:  # which of the four are read depends on their ids
            read = session.execute(
                text("SELECT count(*) FROM enrollments WHERE (hashint8(id) & 2147483647) % 4 = 0")
            ).scalar_one()

        answer = api("GET", "/sequences/trial/counts").json

        assert answer["approximate"] is True
        entered = {one["step"]: one["entered"] for one in answer["steps"]}
        assert entered.get("welcome", 0) == 4 * read

    def test_a_great_many_inside_are_estimated(self, api, walked, monkeypatch):
        monkeypatch.setattr(counts, "MOST", 0)

        answer = api("GET", "/sequences/trial/counts").json

        assert answer["approximate"] is True
        assert {one["step"]: one["here"] for one in answer["steps"]}["breathe"] == 1

    def test_it_asks_as_often_for_many_leads_as_for_one(self, api, walked, queries):
        queries.clear()

        api("GET", "/sequences/trial/counts")

        # the token, the sequence, the version, the size, who is inside, a guess, who passed
        assert len(queries) == 7, queries

    def test_a_sequence_never_published_has_none(self, api):
        api("PUT", "/sequences/trial", json=TRIAL)

        answer = api("GET", "/sequences/trial/counts")

        assert (answer.status_code, answer.json["code"]) == (409, "not_published")


class TestInside:
    @pytest.fixture
    def inside(self, api, trial, context, play):
        """Five leads who wait, in the order in which they entered."""
        with context.database.transaction() as session:
            ids = [factories.lead(session, f"lead{number}@example.com").id for number in range(5)]
        for lead_id in ids:
            api("POST", "/sequences/trial/enrollments", json={"lead_id": lead_id})
        play.turn()
        return ids

    def test_pages_tell_who_is_at_a_step_since_when_and_until_when(self, api, inside, now):
        first = api("GET", "/sequences/trial/enrollments?step=breathe&limit=3").json
        second = api("GET", f"/sequences/trial/enrollments?step=breathe&limit=3&cursor={first['next_cursor']}").json

        assert [one["lead_id"] for one in first["items"] + second["items"]] == inside
        assert second["next_cursor"] is None
        one = first["items"][0]
        assert (one["email"], one["version"], one["step"]) == ("lead0@example.com", 1, "breathe")
        assert (one["held"], one["since"]) == (None, now.isoformat())
        assert one["due_at"] == (now + timedelta(days=2)).isoformat()

    @pytest.mark.parametrize(("query", "count"), [("", 5), ("step=welcome", 0), ("version=1", 5), ("version=2", 0)])
    def test_it_is_narrowed_to_a_step_and_a_version(self, api, inside, query, count):
        assert len(api("GET", f"/sequences/trial/enrollments?{query}").json["items"]) == count

    def test_it_asks_as_often_for_many_leads_as_for_one(self, api, inside, queries):
        queries.clear()

        api("GET", "/sequences/trial/enrollments")

        assert len(queries) == 3, queries

    def test_a_lead_that_is_taken_out_gets_no_more_and_its_story_says_why(self, api, inside, play):
        [first, *_] = api("GET", "/sequences/trial/enrollments").json["items"]

        out = api("DELETE", f"/sequences/trial/enrollments/{first['id']}")
        again = api("DELETE", f"/sequences/trial/enrollments/{first['id']}")

        assert (out.status_code, again.status_code) == (204, 204)
        [standing] = api("GET", f"/leads/{first['lead_id']}/enrollments").json["items"]
        assert (standing["status"], standing["reason"]) == ("ended", "by hand")
        ends = [
            one for one in api("GET", f"/leads/{first['lead_id']}/timeline").json["items"] if one["kind"] == "ended"
        ]
        assert [one["data"]["reason"] for one in ends] == ["by hand"]
        assert len(api("GET", "/sequences/trial/enrollments").json["items"]) == 4
        play.after(days=3)
        assert {one["kind"] for one in api("GET", f"/leads/{first['lead_id']}/timeline").json["items"]} >= {"ended"}
        assert api("GET", f"/leads/{first['lead_id']}").json["tags"] == []

    def test_a_mail_that_waits_is_not_sent_to_who_was_taken_out(self, api, trial, context, play):
        with context.database.transaction() as session:
            lead_id = factories.lead(session, "omar@example.com").id
        api("PUT", "/sequences/trial/pause")
        enrolled = api("POST", "/sequences/trial/enrollments", json={"lead_id": lead_id}).json["id"]
        api("DELETE", f"/sequences/trial/enrollments/{enrolled}")
        api("DELETE", "/sequences/trial/pause")

        play.after(days=1)

        assert play.outbox.subjects("omar@example.com") == []

    @pytest.mark.parametrize("path", ["/sequences/none/enrollments/1", "/sequences/trial/enrollments/987654321"])
    def test_who_is_not_there_cannot_be_taken_out(self, api, trial, path):
        assert api("DELETE", path).status_code == 404

    def test_nobody_is_taken_out_by_the_address_of_another_sequence(self, api, inside):
        api("PUT", "/sequences/other", json=TRIAL)
        [first, *_] = api("GET", "/sequences/trial/enrollments").json["items"]

        assert api("DELETE", f"/sequences/other/enrollments/{first['id']}").status_code == 404
        assert len(api("GET", "/sequences/trial/enrollments").json["items"]) == 5


class TestSimulate:
    def what(self, answer):
        assert answer.status_code == 200, answer.json
        return [(one["step"], one["what"]) for one in answer.json["moments"] if one["what"] != "stays"]

    def test_a_sample_is_walked_through_the_draft_with_dates(self, api, now):
        api("PUT", "/sequences/trial", json=TRIAL)

        answer = api("POST", "/sequences/trial/simulate", json={"sample": {"tags": ["vip"]}})

        assert self.what(answer) == [
            ("welcome", "mail sent"),
            ("breathe", "waited"),
            ("fork", 'arm "vip"'),
            ("hot", "moved to lead"),
            ("hot", "ended: finished"),
        ]
        moments = answer.json["moments"]
        assert (moments[0]["at"], moments[-1]["at"]) == (now.isoformat(), (now + timedelta(days=2)).isoformat())
        assert moments[-1]["why"] == "the sequence is finished"

    @pytest.mark.parametrize(
        ("answers", "arm"), [({"fork": "1"}, "vip"), ({"fork": "otherwise"}, "otherwise"), ({}, "otherwise")]
    )
    def test_a_branch_is_decided_beforehand(self, api, answers, arm):
        api("PUT", "/sequences/trial", json=TRIAL)

        assert ("fork", f'arm "{arm}"') in self.what(
            api("POST", "/sequences/trial/simulate", json={"answers": answers})
        )

    def test_an_arm_that_is_not_written_leads_past_the_branch(self, api):
        api("PUT", "/sequences/trial", json=TRIAL)

        answer = api("POST", "/sequences/trial/simulate", json={"answers": {"fork": "unmeasurable"}})

        assert self.what(answer)[2:] == [("fork", 'arm "unmeasurable"'), ("fork", "ended: finished")]

    def test_a_real_lead_goes_by_its_own_data_and_consents(self, api, trial, context, now):
        with context.database.transaction() as session:
            agreed = factories.lead(session, "agreed@example.com", tags=["vip"])
            silent = factories.lead(session, "silent@example.com", agreed=False)
            bounced = factories.lead(session, "bounced@example.com")
            key = context.settings.fingerprint_key
            suppressions.suppress(session, bounced.email, "hard_bounce", now, key)

        walked = {
            lead.email: self.what(api("POST", "/sequences/trial/simulate", json={"version": 1, "lead_id": lead.id}))
            for lead in (agreed, silent, bounced)
        }

        assert walked["agreed@example.com"][0] == ("welcome", "mail sent")
        assert ("fork", 'arm "vip"') in walked["agreed@example.com"]
        assert walked["silent@example.com"][0] == ("welcome", "skipped: no consent")
        assert walked["bounced@example.com"] == [("welcome", "skipped: suppressed"), ("welcome", "ended: suppressed")]

    def test_who_unsubscribed_leaves_at_the_first_mail(self, api, trial, context, now):
        with context.database.transaction() as session:
            lead = factories.lead(session, "out@example.com")
            consents.withdraw(session, lead.id, None, now, proof=consents.Proof("page"))

        answer = api("POST", "/sequences/trial/simulate", json={"lead_id": lead.id})

        assert self.what(answer)[-1] == ("welcome", "ended: unsubscribed")

    def test_nothing_is_written(self, api, trial, lena, session):
        before = session.get(Sequence, 1, populate_existing=True)

        api("POST", "/sequences/trial/simulate", json={"lead_id": lena})

        assert api("GET", f"/leads/{lena}/enrollments").json["items"] == []
        assert session.get(Sequence, 1, populate_existing=True) == before

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"version": 2}, 404, "not_found"),
            ({"lead_id": 987654321}, 422, "unknown_lead"),
            ({"lead_id": 1, "sample": {}}, 422, "invalid"),
            ({"answers": {"none": "1"}}, 422, "invalid"),
            ({"answers": {"fork": "7"}}, 422, "invalid"),
            ({"answers": {"welcome": "1"}}, 422, "invalid"),
            ({"sample": {"zone": "Paris"}}, 422, "invalid"),
            ({"sample": {"fit": 1e300}}, 422, "invalid"),
            ({"start_at": "9999-12-31T23:59:59+00:00"}, 422, "invalid"),
            ({"start_at": "0001-01-01T00:00:00+00:00"}, 422, "invalid"),
        ],
    )
    def test_what_cannot_be_simulated_is_told(self, api, trial, body, status, code):
        answer = api("POST", "/sequences/trial/simulate", json=body)

        assert (answer.status_code, answer.json["code"]) == (status, code)

    def test_a_draft_with_problems_is_not_walked(self, api):
        api("PUT", "/sequences/trial", json={"steps": []})

        answer = api("POST", "/sequences/trial/simulate", json={})

        assert (answer.status_code, answer.json["code"]) == (422, "has_problems")

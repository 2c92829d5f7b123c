"""Jobs through the API."""

import pytest

from funnel.crm import jobs
from tests.conftest import NOW


@pytest.fixture
def job(session):
    job = jobs.ask(session, "count", {"tag": "vip"}, "user 1", NOW)
    session.commit()
    return job.id


def test_a_job_tells_how_far_it_is(api, job):
    told = api("GET", f"/jobs/{job}").json

    assert (told["status"], told["done"], told["total"], told["asked_by"]) == ("waiting", 0, None, "user 1")
    assert "params" not in told


def test_the_list_is_newest_first_by_kind_and_in_pages(api, session, job):
    others = [jobs.ask(session, "import", {}, "user 1", NOW).id for _ in range(3)]
    session.commit()

    first = api("GET", "/jobs?kind=import&limit=2").json
    second = api("GET", f"/jobs?kind=import&limit=2&cursor={first['next_cursor']}").json

    assert [one["id"] for one in first["items"] + second["items"]] == others[::-1]
    assert second["next_cursor"] is None


def test_a_job_can_be_stopped_once(api, job):
    assert api("POST", f"/jobs/{job}/cancel").json["status"] == "cancelled"

    again = api("POST", f"/jobs/{job}/cancel")

    assert (again.status_code, again.json["code"]) == (409, "over")


def test_a_job_nobody_asked_for_is_not_found(api):
    assert api("GET", "/jobs/987654").status_code == 404
    assert api("POST", "/jobs/987654/cancel").status_code == 404

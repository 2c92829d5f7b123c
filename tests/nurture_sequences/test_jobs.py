"""Jobs: done bite by bite, each bite exactly once, whatever happens to the worker."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from funnel import jobs as working
from funnel.crm import jobs
from funnel.crm.errors import OverError
from funnel.crm.jobs import Bite
from tests.conftest import NOW

#: a job counts to this in bites of one
END = 5


def count(session, job, _now):
    """Writes a fact for each number, so that a bite done twice would show."""
    at = job.place.get("at", 0)
    session.execute(text("INSERT INTO events (lead_id, at, kind) VALUES (:n, now(), 'counted')"), {"n": at})
    return Bite(place={"at": at + 1}, done=at + 1, total=END, result={"last": at}, over=at + 1 == END)


def broken(session, job, _now):
    count(session, job, _now)
    raise ValueError("a secret nobody should read")


def hopeless(session, job, now):
    raise working.FailedError("file expired")


KINDS = {"count": count, "broken": broken, "hopeless": hopeless}


def counted(session):
    return session.scalars(text("SELECT lead_id FROM events WHERE kind = 'counted' ORDER BY lead_id")).all()


@pytest.fixture
def counting(play):
    play.engine.kinds = KINDS
    return play


@pytest.fixture
def asked(counting, session):
    def ask(kind="count"):
        job = jobs.ask(session, kind, {}, "user 1", NOW)
        session.commit()
        return job.id

    return ask


def test_a_job_is_done_to_its_end_and_says_how_far_it_came(counting, asked, session):
    job_id = asked()

    counting.turn()

    job = jobs.by_id(session, job_id)
    session.refresh(job)
    assert (job.status, job.done, job.total, job.result) == ("done", END, END, {"last": END - 1})
    assert (job.started_at, job.ended_at, job.due_at) == (NOW, NOW, None)
    assert counted(session) == list(range(END))


def test_a_bug_ends_the_job_its_bite_leaves_no_trace_and_the_reason_tells_nothing(counting, asked, session, caplog):
    job_id = asked("broken")

    counting.turn()

    job = jobs.by_id(session, job_id)
    session.refresh(job)
    assert (job.status, job.reason, job.due_at) == ("failed", "error", None)
    assert counted(session) == []
    assert any("a job failed" in line.message for line in caplog.records)


def test_a_job_can_say_why_it_cannot_go_on(counting, asked, session):
    job_id = asked("hopeless")

    counting.turn()

    session.refresh(job := jobs.by_id(session, job_id))
    assert (job.status, job.reason) == ("failed", "file expired")


def test_a_kind_that_no_worker_knows_fails_and_says_so(counting, asked, session):
    job_id = asked("from the future")

    counting.turn()

    session.refresh(job := jobs.by_id(session, job_id))
    assert (job.status, job.reason) == ("failed", "unknown kind")


def test_a_worker_whose_time_is_over_leaves_the_rest_to_the_next(counting, asked, session):
    job_id, bites = asked(), iter([True, True, False])

    working.work(counting.context, KINDS, job_id, lambda: next(bites))

    session.refresh(job := jobs.by_id(session, job_id))
    assert (job.status, job.done, job.due_at) == ("running", 2, NOW)
    counting.turn()
    assert counted(session) == list(range(END))


def test_a_cancelled_job_stops_between_two_bites_and_keeps_what_it_did(counting, asked, session):
    job_id, bites = asked(), iter([True, True, False])
    working.work(counting.context, KINDS, job_id, lambda: next(bites))

    jobs.cancel(session, jobs.by_id(session, job_id), NOW)
    session.commit()
    counting.turn()

    session.refresh(job := jobs.by_id(session, job_id))
    assert (job.status, job.done, job.due_at, counted(session)) == ("cancelled", 2, None, [0, 1])
    with pytest.raises(OverError):
        jobs.cancel(session, job, NOW)


def test_a_job_that_would_come_too_early_rests_and_is_taken_up_again(counting, asked, session):
    def resting(session, job, now):
        return replace(count(session, job, now), rest=timedelta(seconds=3))

    counting.engine.kinds = {"count": resting}
    job_id = asked()

    counting.turn()
    session.refresh(job := jobs.by_id(session, job_id))
    assert (job.done, job.due_at) == (1, NOW + timedelta(seconds=3))
    counting.context.at += timedelta(seconds=3)
    counting.turn()

    session.refresh(job)
    assert (job.done, counted(session)) == (2, [0, 1])


def test_an_absent_database_is_no_fault_of_the_job(counting, asked, session):
    def away(*_):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    job_id = asked()
    counting.engine.kinds = {"count": away}

    with pytest.raises(OperationalError):
        counting.pulse.turn()
    counting.engine.kinds = KINDS
    counting.pulse.turn()  # gives the chunk back
    counting.turn()
    session.refresh(job := jobs.by_id(session, job_id))
    assert (job.status, job.due_at) == ("waiting", NOW + timedelta(seconds=5))
    counting.context.at += timedelta(seconds=5)
    counting.turn()

    session.refresh(job)
    assert (job.status, counted(session)) == ("done", list(range(END)))


def test_two_workers_at_one_job_do_each_bite_once(committed):
    with committed.database.transaction() as session:
        job_id = jobs.ask(session, "count", {}, "user 1", NOW).id

    threads = [threading.Thread(target=working.work, args=(committed, KINDS, job_id, lambda: True)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    working.work(committed, KINDS, job_id, lambda: True)

    with committed.database.transaction() as session:
        assert counted(session) == list(range(END))
        assert jobs.by_id(session, job_id).status == "done"


DYING = """
import os, signal, sys
from funnel import config, jobs
from funnel.context import Context
from tests.nurture_sequences.test_jobs import count

def die_in_the_third(session, job, now):
    bite = count(session, job, now)
    if bite.done == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return bite

context = Context.open(config.load(os.environ), connections=2)
jobs.work(context, {"count": die_in_the_third}, int(sys.argv[1]), lambda: True)
"""


def test_a_killed_worker_loses_the_bite_it_was_at_and_the_next_goes_on_from_there(committed):
    with committed.database.transaction() as session:
        job_id = jobs.ask(session, "count", {}, "user 1", NOW).id
    settings = committed.settings
    environ = os.environ | {
        "DATABASE_URL": settings.database_url.replace("+psycopg2", ""),
        "FUNNEL_HOME": str(settings.home),
        "SECRET_KEY": "test-secret-key-0123456789abcdef0123",
        "FINGERPRINT_KEY": "test-fingerprint-key-0123456789abcd",
    }

    killed = subprocess.run([sys.executable, "-c", DYING, str(job_id)], env=environ, timeout=60)

    assert killed.returncode == -9
    with committed.database.transaction() as session:
        assert jobs.by_id(session, job_id).place == {"at": 2}
    working.work(committed, KINDS, job_id, lambda: True)
    with committed.database.transaction() as session:
        assert counted(session) == list(range(END))


def test_no_more_jobs_are_under_way_than_their_share_of_the_places(counting, asked):
    for _ in range(5):
        asked()
    sent = []
    counting.actors.send = lambda actor, *_: sent.append(actor)

    counting.pulse.turn()
    counting.pulse.turn()

    assert sent == ["work"] * 2  # an eighth of sixteen


def test_housekeeping_forgets_jobs_that_ended_long_ago(session):
    old, young = (jobs.ask(session, "count", {}, "system", NOW).id for _ in range(2))
    jobs.fail(session, old, "error", NOW - timedelta(days=31))
    jobs.fail(session, young, "error", NOW - timedelta(days=29))

    jobs.forget_old(session, NOW)

    session.expire_all()
    assert (jobs.by_id(session, old), jobs.by_id(session, young).reason) == (None, "error")


def test_two_packages_may_not_call_their_jobs_the_same():
    with pytest.raises(ValueError, match="count"):
        working.listing({"count": count}, {"count": count})

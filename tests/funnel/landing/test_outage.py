"""The database is away: what people do is kept and done when it is back, and they notice nothing."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from funnel import links
from funnel.app import create_app
from funnel.crm import erasing, forms
from funnel.crm.erasing import Order
from funnel.crm.personal_data import OWN
from funnel.db import Database, open_engine
from funnel.schemas.form import FormIn
from funnel.spool import store
from tests.funnel.landing.conftest import FORM

NOBODY = "postgresql+psycopg2://nobody@127.0.0.1:1/none"
OMAR = {"email": "omar@example.com", "first_name": "Omar"}
JANE = {"email": "jane@example.com", "first_name": "Jane", "newsletter": "on"}


class Service:
    """An application whose database goes and comes back."""

    def __init__(self, context):
        self.context, self.there = context, context.database
        self.gone = Database(open_engine(NOBODY))
        self.start()

    def start(self):
        """A new process: what it knows is what lies on the disk."""
        self.app = create_app(self.context.settings, context=self.context)
        self.client, self.spool = self.app.test_client(), self.app.extensions["spool"]
        self.app.before_request_funcs[None].remove(self.spool.watch)  # the tests drain the spool, not its thread

    def leave(self):
        self.context.database = self.gone

    def come_back(self):
        self.context.database = self.there
        self.spool.drain()

    def post(self, values=JANE, key="demo", **options):
        return self.client.post(f"/f/{key}", json=values, **options)

    def rows(self, sql):
        with self.there.transaction() as session:
            return [tuple(row) for row in session.execute(text(sql))]


@pytest.fixture
def service(committed, now):
    with committed.database.transaction() as session:
        forms.create_form(session, FormIn().load(FORM), now)
        forms.create_form(session, FormIn().load(FORM | {"key": "double", "double_opt_in": True}), now)
    service = Service(committed)
    yield service
    service.gone.bind.dispose()


def test_a_post_is_answered_as_usual_and_written_when_the_database_is_back(service):
    assert service.client.get("/f/demo").status_code == 200
    service.leave()

    answers = [service.post(), service.client.get("/f/demo/thanks")]
    kept = service.rows("SELECT count(*) FROM leads")
    service.come_back()

    assert [answer.status_code for answer in answers] == [201, 200]
    assert kept == [(0,)]
    assert service.rows("SELECT email, fields->>'first_name' FROM leads") == [("jane@example.com", "Jane")]
    assert service.rows("SELECT action, wording FROM consents") == [("granted", "Send me the newsletter.")]
    assert service.rows("SELECT kind FROM events") == [("form_submitted",)]
    assert not service.spool.away


def test_a_process_that_starts_without_the_database_knows_the_forms_from_the_disk(service):
    service.client.get("/f/demo")
    service.leave()
    service.start()

    answer = service.post()
    service.come_back()

    assert answer.status_code == 201
    assert service.rows("SELECT count(*) FROM leads") == [(1,)]


def test_a_form_that_nobody_knows_is_honestly_not_available(service):
    service.leave()

    answer = service.post()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert not service.spool.store.made()


def test_when_nothing_can_be_kept_the_visitor_is_told(service, monkeypatch):
    service.client.get("/f/demo")
    service.leave()
    monkeypatch.setattr(store, "ROOM", 1 << 60)

    assert service.post().status_code == 503


def test_a_double_click_and_a_retry_after_the_outage_are_one_submission(service):
    service.client.get("/f/demo")
    twice = JANE | {"submission_id": str(uuid4())}
    service.leave()

    answers = [service.post(twice), service.post(twice)]
    service.come_back()
    answers.append(service.post(twice))

    assert [answer.status_code for answer in answers] == [201] * 3
    assert service.rows("SELECT count(*) FROM submissions") == [(1,)]


def test_a_post_whose_commit_was_lost_on_the_way_is_not_written_twice(service):
    twice = JANE | {"submission_id": str(uuid4())}
    service.post(twice)
    service.leave()

    service.post(twice)
    service.come_back()

    assert service.rows("SELECT count(*), (SELECT count(*) FROM consents) FROM submissions") == [(1, 1)]
    assert service.spool.store.summary(service.context.wall())[:2] == (0, 0)


def test_a_wrong_post_is_still_refused_field_by_field(service):
    service.client.get("/f/demo")
    service.leave()

    answer = service.post({"email": "nobody"})

    assert (answer.status_code, "email" in answer.json["errors"]) == (422, True)


def test_leaving_works_during_an_outage(service):
    service.post()
    ((lead_id,),) = service.rows("SELECT id FROM leads")
    token = links.unsubscribe_token(service.context.settings.secret_keys, lead_id, uuid4())
    service.leave()

    answer = service.client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"})
    service.come_back()

    assert answer.status_code == 200
    assert service.rows("SELECT purpose, action FROM consents ORDER BY id")[-1] == ("newsletter", "withdrawn")
    assert service.rows("SELECT kind FROM events ORDER BY id")[-1] == ("unsubscribed",)


def test_who_opens_the_link_to_leave_during_an_outage_finds_the_button(service):
    service.post()
    ((lead_id,),) = service.rows("SELECT id FROM leads")
    token = links.unsubscribe_token(service.context.settings.secret_keys, lead_id, uuid4())
    service.leave()

    pages = [service.client.get(f"/u/{token}") for _ in range(2)]

    assert [page.status_code for page in pages] == [200, 200]
    assert all(page.text.count('<button type="submit">') == 1 for page in pages)


def test_who_came_back_meanwhile_is_not_put_out_by_an_older_no(service, now):
    service.post()
    ((lead_id,),) = service.rows("SELECT id FROM leads")
    token = links.unsubscribe_token(service.context.settings.secret_keys, lead_id, uuid4())
    service.leave()
    service.client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"})
    service.context.database = service.there
    service.spool._away.clear()  # the next request finds the database before the spool is drained
    service.post()

    service.spool.drain()

    assert service.rows("SELECT action FROM consents ORDER BY id DESC LIMIT 1") == [("granted",)]


def test_a_spool_that_cannot_be_read_keeps_nobody_from_a_database_that_is_back(service):
    service.client.get("/f/demo")
    service.leave()
    service.post()
    folder = service.context.settings.home / "spool"
    for file in folder.glob("spool.sqlite*"):  # the journal too, from which SQLite would mend the file
        file.write_bytes(b"not what it was" * 1000)
    service.spool.store = store.Store(folder)

    service.come_back()

    assert not service.spool.away
    assert service.post(JANE | {"email": "joan@example.com"}).status_code == 201
    assert service.rows("SELECT email FROM leads") == [("joan@example.com",)]


def test_a_confirmation_works_during_an_outage(service):
    service.post(key="double")
    ((submission,),) = service.rows("SELECT id FROM submissions")
    service.leave()

    answer = service.client.post(f"/c/{links.confirm_token(service.context.settings.secret_keys, submission)}")
    service.come_back()

    assert answer.status_code == 200
    assert service.rows("SELECT action FROM consents ORDER BY id") == [("pending",), ("granted",)]


def test_what_was_agreed_to_before_somebody_left_does_not_bring_them_back(service):
    service.post()
    ((lead_id,),) = service.rows("SELECT id FROM leads")
    service.leave()
    service.post()
    service.context.database = service.there
    service.spool._away.clear()  # the next request finds the database before the spool is drained
    token = links.unsubscribe_token(service.context.settings.secret_keys, lead_id, uuid4())
    service.client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"})

    service.spool.drain()

    assert service.rows("SELECT count(*) FROM submissions") == [(2,)]
    assert service.rows("SELECT action FROM consents ORDER BY id DESC LIMIT 1") == [("withdrawn",)]


def test_one_that_cannot_be_written_is_set_aside_and_the_others_go_on(service):
    service.client.get("/f/demo")
    service.leave()
    service.post(JANE | {"submission_id": "first"})
    service.post(JANE | {"email": "joan@example.com"})
    with service.there.transaction() as session:
        session.execute(text("ALTER TABLE leads ADD CONSTRAINT not_jane CHECK (email <> 'jane@example.com')"))

    service.come_back()

    assert service.rows("SELECT email FROM leads") == [("joan@example.com",)]
    assert service.spool.store.summary(service.context.wall())[:2] == (0, 1)


def test_a_server_that_only_reads_is_an_outage(service):
    (name,) = service.rows("SELECT current_database()")[0]
    service.post(JANE | {"email": "joan@example.com"})
    _set(service, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    answer = service.post()
    assert service.spool.away
    _set(service, f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    service.come_back()

    assert answer.status_code == 201
    assert service.rows("SELECT email FROM leads ORDER BY id") == [("joan@example.com",), ("jane@example.com",)]


def test_a_lead_that_somebody_holds_for_long_delays_nobody_else(service):
    service.post()
    impatient = open_engine(service.context.settings.database_url, lock_seconds=0.1)
    service.context.database = Database(impatient)
    with service.there.transaction() as session:
        session.execute(text("SELECT FROM leads FOR UPDATE"))
        held = service.post(JANE | {"first_name": "Janet", "submission_id": "second"})
        away = service.spool.away
        free = service.post(JANE | {"email": "joan@example.com"})
        service.spool.drain()
    service.spool.drain()
    impatient.dispose()

    assert [held.status_code, away, free.status_code] == [201, False, 201]
    assert service.rows("SELECT count(*) FROM submissions") == [(3,)]


def _set(service, statement):
    """Change a setting that only new connections see."""
    with service.there.bind.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"))
        connection.execute(text(statement))
    service.there.bind.dispose()


def test_who_was_erased_after_posting_is_not_brought_back_from_the_disk(service):
    assert service.context.now()  # the erasure below happens on a machine that knows the time
    service.client.get("/f/demo")
    service.leave()
    service.post()
    service.post(OMAR)
    erase(service, "jane@example.com")
    service.come_back()

    assert service.rows("SELECT email FROM leads") == [("omar@example.com",)]
    assert b"jane" not in stored(service)


def test_what_was_set_aside_goes_with_the_person(service):
    service.client.get("/f/demo")
    service.leave()
    service.post()
    service.post(OMAR)
    for number in (1, 2):
        service.spool.store.set_aside(number, "a test")
    service.come_back()
    assert len(service.spool.store.aside()) == 2

    erase(service, "jane@example.com")
    service.spool.drain()

    assert [entry.number for entry in service.spool.store.aside()] == [2]
    assert b"jane" not in stored(service)
    assert b"omar" in stored(service)


def erase(service, address):
    key, now = service.context.settings.fingerprint_key, service.context.now()
    with service.there.transaction() as session:
        erasing.erase_address(session, OWN, address, Order("asked", "user 1"), now, key)


def stored(service):
    """All that the spool's files hold."""
    folder = service.context.settings.home / "spool"
    return b"".join(path.read_bytes().lower() for path in folder.glob("spool.sqlite*"))

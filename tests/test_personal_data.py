"""No table can hold data of a lead without saying how it is shown to that person and how it is forgotten."""

import re

import pytest
from sqlalchemy import text

import wsgi
from funnel import extensions
from funnel.crm.personal_data import Holding, of_addresses
from tests.conftest import KEYS, NOW

#: names of columns that may tell of a person
SUSPICIOUS = re.compile(
    r"(^|_)(lead|leads|email|mail|address|phone|ip|user_agent|recipient|contact)(_id|s|_ids)?$|^to$"
)
#: columns with such a name in which no lead can stand
HARMLESS = {
    ("consents", "permits_mail"): "whether, and not whom",
    ("webhooks", "include_lead"): "whether, and not whom",
}

_COLUMNS = text("""
    SELECT c.table_name, c.column_name FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND c.table_name NOT IN (SELECT relname FROM pg_class WHERE relispartition)
""")
_POINTING_AT_LEADS = text("""
    SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = 'leads'::regclass
""")


@pytest.fixture
def holdings(context):
    return extensions.of(wsgi.compose(context.settings, context)).holdings


def test_every_table_that_may_tell_of_a_lead_is_listed(session, holdings):
    listed = {holding.table for holding in holdings}
    suspicious = {
        (table, column)
        for table, column in session.execute(_COLUMNS)
        if SUSPICIOUS.search(column) and (table, column) not in HARMLESS
    }

    assert len(suspicious) > 10
    missing = sorted({(table, column) for table, column in suspicious if table not in listed})
    assert missing == [], "say in personal_data.py how these are shown to a person and forgotten"
    assert set(session.scalars(_POINTING_AT_LEADS)) <= listed


def test_what_is_listed_is_there_and_forgets_or_says_why_not(session, holdings):
    tables = {table for table, _ in session.execute(_COLUMNS)}

    assert {holding.table for holding in holdings} <= tables
    assert [holding.table for holding in holdings if not holding.erase and not holding.keeps] == []


def test_every_statement_of_the_list_can_be_run(session, holdings):
    everybody = of_addresses({"nobody@example.com"}, KEYS["FINGERPRINT_KEY"].encode(), [4711])
    for holding in holdings:
        for statement in (holding.read, holding.addresses, holding.busy, holding.everybody, holding.numbers):
            if statement:
                session.execute(text(statement), everybody.parameters(NOW)).all()
        for step in holding.erase:
            if callable(step):
                assert step(session, everybody, NOW) == 0
            else:
                assert session.execute(text(step), everybody.parameters(NOW)).rowcount == 0


def test_the_leads_themselves_go_last(holdings):
    assert holdings[-1].table == "leads"
    assert all(isinstance(holding, Holding) for holding in holdings)

"""`funnel import FILE`."""

import pytest
from sqlalchemy import text

from tests.funnel.test_cli import environ, funnel  # noqa: F401 - a fixture

PEOPLE = "Mail;Prénom;Désinscrit\nann@example.com;Ann;\nbob@example.com;Bob;oui\nnobody;=X;\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "gens.csv"
    path.write_text(PEOPLE, encoding="cp1252")
    return path


def counted(committed, table):
    with committed.database.transaction() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}"))


def test_without_run_it_tells_what_it_would_do(environ, committed, file):  # noqa: F811
    result = funnel(environ, "import", str(file))

    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "Read as cp1252, separated by ';': Mail = email, Prénom = fields.first_name, Désinscrit = opt_out",
        "3 rows: 2 would be new, 0 would be updated, 0 unchanged, 1 would be refused",
        "  refused 1: This is not an email address.",
        "Nothing was written. Add --run to write it.",
    ]
    assert counted(committed, "leads") == 0


def test_with_run_it_writes_and_ends_with_who_may_be_mailed(environ, committed, file, tmp_path):  # noqa: F811
    rejects = tmp_path / "rejects.csv"
    words = ["--consented", "letters", "--wording", "Oui", "--at", "2025-01-02", "--proof", "the form"]

    result = funnel(environ, "import", str(file), "--run", "--tag", "fair", "--rejects", str(rejects), *words)

    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-4:] == [
        "  refused 1: This is not an email address.",
        "You may mail 1 of 2.",
        "  not 1: unsubscribed",
        f"The refused rows are in {rejects}.",
    ]
    assert "'=X" in rejects.read_text(encoding="utf-8-sig")
    with committed.database.transaction() as session:
        row = session.execute(text("SELECT purpose, wording FROM consents WHERE action = 'granted'")).one()
        assert tuple(row) == ("letters", "Oui")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--consented", "letters"], "--wording, --at, --proof"),
        (["--customers"], "--proof"),
        (["--column", "Mail=ignore"], "Which column is the address?"),
        (["--column", "Nom=tags"], "there are the columns Mail, Prénom, Désinscrit"),
        (["--column", "Prénom=first name"], "Unknown."),
    ],
)
def test_what_is_missing_is_said_in_one_line_and_nothing_is_kept(environ, committed, file, words, says):  # noqa: F811
    result = funnel(environ, "import", str(file), *words)

    assert result.exit_code in (1, 2)
    assert says in " ".join(result.output.split())
    assert counted(committed, "imports") == 0


def test_a_file_that_cannot_be_read_names_the_line(environ, committed, file):  # noqa: F811
    result = funnel(environ, "import", str(file), "--encoding", "utf-8", "--run")

    assert result.exit_code == 1
    assert "encoding in line 1" in result.output
    assert counted(committed, "leads") == 0

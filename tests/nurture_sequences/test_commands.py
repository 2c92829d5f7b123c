"""The commands about sequences, on a database of their own."""

import pytest
from click.testing import CliRunner

from funnel.models import Lead
from nurture_sequences import by_hand, commands, programs, yaml_documents
from tests.conftest import KEYS

TRIAL = """\
key: trial
window: {days: mon-fri, from: 09:00, to: 18:00, zone: Europe/Paris}
steps:
  - {id: welcome, email: {subject: Welcome, text: Good to see you.}}
  - {id: breathe, wait: {for: 2 days}}
  - id: mature
    branch:
      - {when: {tag: vip}, steps: [{id: hot, stage: sales-qualified}]}
      - {otherwise: [{id: warm, stage: marketing-qualified}]}
"""


@pytest.fixture
def run(committed, committed_url, tmp_path):
    programs.forget()
    environ = {"DATABASE_URL": committed_url, "FUNNEL_HOME": str(tmp_path), **KEYS}

    def invoke(command, *arguments):
        return CliRunner().invoke(command, [str(argument) for argument in arguments], env=environ)

    return invoke


@pytest.fixture
def trial(tmp_path):
    file = tmp_path / "trial.yaml"
    file.write_text(TRIAL)
    return file


@pytest.fixture
def vip(committed, now):
    with committed.database.transaction() as session:
        lead = Lead(email="lena@example.com", tags=["vip"], stage_since=now, created_at=now, updated_at=now)
        session.add(lead)
        session.flush()
        return lead


def test_a_file_is_walked_without_being_saved(run, trial):
    answer = run(commands.simulate, trial)

    assert answer.exit_code == 0, answer.output
    lines = [line.split("  ") for line in answer.output.splitlines()]
    assert lines[0][0] == "WHEN (UTC)"
    assert any("welcome" in line and "mail sent" in line for line in lines)
    assert "warm" in answer.output
    assert "ended: finished" in answer.output


def test_a_lead_goes_its_own_way(run, trial, vip):
    answer = run(commands.simulate, trial, "--lead", "LENA@example.com")

    assert "hot" in answer.output
    assert "warm" not in answer.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("steps: [", "trial.yaml: "),
        ("- 1", "holds no sequence document"),
        ("", "holds no sequence document"),
        ("steps: [{id: x, teleport: {}}]", "The document has problems."),
        ('steps: "\\0"', "NUL"),
        ("steps: !!set {a}", "JSON cannot say this"),
        ("1: x", "JSON cannot say this"),
        ("steps: !!python/object:os.system {}", "could not determine a constructor"),
    ],
)
def test_what_cannot_be_walked_is_told_in_a_line(run, trial, content, says):
    trial.write_text(content)

    answer = run(commands.simulate, trial)

    assert answer.exit_code == 1
    assert says in answer.output
    assert "Traceback" not in answer.output


def test_unknown_names_are_told(run, trial):
    assert "neither a file nor a sequence nothing" in run(commands.simulate, "nothing").output
    assert "no lead nobody@x.example" in run(commands.simulate, trial, "--lead", "nobody@x.example").output


def test_what_is_pushed_is_pulled_again(run, trial, tmp_path):
    pushed = run(commands.sequences, "push", trial, "--publish")
    again = run(commands.sequences, "push", tmp_path, "--publish")
    pulled = run(commands.sequences, "pull", tmp_path / "out")

    assert pushed.output == "trial: new, published as version 1\n"
    assert again.output == "trial: unchanged, published as version 1\n"
    assert pulled.exit_code == 0
    text = (tmp_path / "out" / "trial.yaml").read_text()
    assert yaml_documents.read(text) == yaml_documents.read(TRIAL)
    assert run(commands.simulate, "trial").exit_code == 0


def test_a_draft_with_problems_is_saved_and_told(run, trial):
    trial.write_text("steps: [{id: x, teleport: {}}]")

    answer = run(commands.sequences, "push", trial, "--publish")

    assert answer.exit_code == 1
    assert answer.output.startswith("trial: new\n  steps[0]") or "teleport" in answer.output


def test_a_sequence_nobody_would_enter_is_pushed_with_a_warning(run, trial):
    trial.write_text(TRIAL + "enter: {form: nowhere}\n")

    answer = run(commands.sequences, "push", trial, "--publish")

    assert answer.exit_code == 0
    assert 'enter/form: there is no form "nowhere"' in answer.output


def test_a_file_is_named_after_its_key(run, tmp_path):
    (tmp_path / "other.yaml").write_text(TRIAL)

    assert "name the file after its key" in run(commands.sequences, "push", tmp_path / "other.yaml").output


def test_due_tells_what_is_due_and_what_is_held(run, trial, committed, vip):
    run(commands.sequences, "push", trial, "--publish")
    with committed.database.transaction() as session:
        by_hand.enroll(session, "trial", committed.now(), lead_id=vip.id)

    answer = run(commands.due)

    row = next(line for line in answer.output.splitlines() if line.startswith("trial"))
    assert row.split()[:7] == ["trial", "live", "1", "0", "0", "0", "0"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18:00", "18:00"),
        ("no", "no"),
        ("2026-01-01", "2026-01-01"),
        ("012", "012"),
        ("-7", -7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("~", None),
        ("true", True),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ('"7"', "7"),
    ],
)
def test_yaml_reads_as_people_mean_it(text, value):
    assert yaml_documents.read(f"a: {text}") == {"a": value}
    assert yaml_documents.read(yaml_documents.write({"a": value})) == {"a": value}

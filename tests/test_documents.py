"""What the documents promise is so: their examples work, their links lead somewhere, no setting is left out."""

import ast
import json
import re
from pathlib import Path

import pytest

from funnel import scoring, stages
from funnel.api.problem_types import PROBLEM_TYPES
from funnel.crm.facts import QUIET
from funnel.crm.forms import create_form
from funnel.schemas.form import FormIn
from nurture_sequences import definition, yaml_documents
from tests.conftest import NOW

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LADDER = ("subscriber", "lead", "marketing-qualified", "sales-qualified", "opportunity", "customer")


def example(name, page="README.md"):
    """The block of a page of the guide that is marked with this name."""
    guide = (ROOT / "docs/guide" / page).read_text(encoding="utf-8")
    found = re.search(rf"<!-- example: {name} -->\n```\w+\n(.*?)```", guide, re.DOTALL)
    assert found, f"the guide has no example {name}"
    return found[1]


def test_the_form_of_the_guide_can_be_made(session):
    form = FormIn().load(json.loads(example("form")))

    assert create_form(session, form, NOW).key == "guide"


def test_the_sequence_of_the_guide_has_no_problem():
    document = yaml_documents.read(example("sequence"))

    assert definition.problems(document, LADDER) == []


def test_the_rules_of_the_guide_have_no_problem_and_no_warning():
    points = yaml_documents.read(example("scoring", "score-and-stages.md"))
    ladder = yaml_documents.read(example("ladder", "score-and-stages.md"))

    assert scoring.problems(points, QUIET) == stages.problems(ladder, LADDER) == stages.warnings(ladder) == []


def test_every_kind_of_step_is_in_the_guide():
    guide = (ROOT / "docs/guide/README.md").read_text(encoding="utf-8")

    assert [kind for kind in definition.steps.KINDS if f"`{kind}`" not in guide] == []


def test_every_setting_is_documented_with_its_default():
    source = (ROOT / "funnel/config.py").read_text(encoding="utf-8")
    read = re.findall(r'read\.\w+\(\s*"([A-Z_]+)"(?:, ([0-9]+)\b)?', source)
    table = dict(
        re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", (ROOT / "docs/operate/settings.md").read_text(), re.MULTILINE)
    )

    assert {name for name, _ in read} <= set(table)
    assert {name for name, default in read if default and f"`{default}`" not in table[name]} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    links = re.findall(r"\]\(((?!https?:|#)[^)#]+)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


def refusals():
    """Status and code of each `refuse(status, code, ...)` in the source, and where it stands."""
    for path in [*ROOT.glob("funnel/**/*.py"), *ROOT.glob("nurture_sequences/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "refuse":
                status, code = (argument.value for argument in node.args[:2])
                yield f"{path.relative_to(ROOT)}:{node.lineno}", status, code


def test_every_code_that_a_view_of_the_api_answers_with_is_a_documented_kind():
    plain = {400: "bad_request", 404: "not_found", 413: "request_entity_too_large", 415: "unsupported_media_type"}
    found = list(refusals())
    wrong = [
        (place, status, code)
        for place, status, code in found
        if plain.get(status) != code and (code not in PROBLEM_TYPES or PROBLEM_TYPES[code].status != status)
    ]

    assert len(found) > 10
    assert wrong == []


def test_pictures_are_small():
    assert {
        path.name: path.stat().st_size for path in ROOT.glob("docs/screens/*") if path.stat().st_size > 150_000
    } == {}

"""The ready sequences of the app: each can be published as it is, in both languages."""

import json
from pathlib import Path

import pytest

from nurture_sequences import definition
from tests.test_documents import LADDER

FILE = Path(__file__).resolve().parents[2] / "funnel/ui/src/screens/sequences/templates.json"
TEMPLATES = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one["key"])
def test_it_has_no_problem(template, language):
    assert definition.problems({"key": template["key"]} | template[language], LADDER) == []


def test_both_languages_walk_the_same_way():
    for template in TEMPLATES:
        english, french = (definition.compile_document({"key": "a"} | template[one]) for one in ("en", "fr"))

        assert {step.id: step.next for step in english.steps.values()} == {
            step.id: step.next for step in french.steps.values()
        }

"""The pages drawn by the server say everything in both languages."""

import re
from pathlib import Path

from funnel.ui import language

UI = Path(language.__file__).parent
#: `_("…")` in templates, `word("…")` in code
SAID = re.compile(r"""(?:\b_|\bword)\((["'])(.*?)\1\)""")


def said():
    for path in [*UI.glob("*.py"), *(UI.parent / "templates" / "ui").glob("*.html")]:
        yield from (match[2] for match in SAID.finditer(path.read_text(encoding="utf-8")))


def test_every_text_of_the_pages_has_its_french():
    used = set(said())

    assert len(used) > 20
    assert used - language.FRENCH.keys() == set()


def test_every_translation_is_used_and_keeps_the_names_in_it():
    names = re.compile(r"\{\w+\}")

    assert language.FRENCH.keys() - set(said()) == set()
    for english, french in language.FRENCH.items():
        assert sorted(names.findall(english)) == sorted(names.findall(french)), english

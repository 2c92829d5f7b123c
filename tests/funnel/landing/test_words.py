import re
from pathlib import Path

from funnel.landing.words import WORDS

ROOT = Path(__file__).resolve().parents[3] / "funnel"


def test_every_language_says_everything():
    english = WORDS["en"].keys()

    assert all(words.keys() == english for words in WORDS.values())


def test_pages_and_problems_use_words_that_exist():
    pages = "".join(page.read_text() for page in (ROOT / "templates" / "landing").glob("*.html"))
    used = set(re.findall(r"\bw\.([a-z_]+)", pages))
    used |= set(re.findall(r'UnfitError\("([a-z_]+)"', (ROOT / "schemas" / "submission.py").read_text()))

    assert used <= WORDS["en"].keys()

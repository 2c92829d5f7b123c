"""Documents as YAML: what is written is read back, and reads well."""

from hypothesis import given
from hypothesis import strategies as st

from nurture_sequences import yaml_documents
from nurture_sequences.demo import business

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


@given(DOCUMENTS)
def test_what_is_written_is_read_back(document):
    assert yaml_documents.read(yaml_documents.write(document)) == document


def test_what_names_a_thing_comes_first_and_steps_come_last():
    shuffled = {"steps": [{"email": {"text": "Hi.", "subject": "Hello"}, "id": "a"}], "goal": {"tag": "x"}, "key": "k"}

    written = yaml_documents.write(shuffled)

    words = ["key: k", "goal:", "tag: x", "steps:", "id: a", "email:", "subject: Hello", "text: Hi."]
    assert [line.strip(" -") for line in written.splitlines()] == words


def test_a_letter_is_written_as_it_is_read():
    written = yaml_documents.write(business.sequence())

    assert "\n          a flat roof is the easiest one to work on: the panels stand on frames that are\n" in written
    assert "\\n" not in written

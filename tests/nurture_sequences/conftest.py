import pytest

from nurture_sequences import programs
from tests.playing import Play


@pytest.fixture
def play(context):
    """The engine in one thread, on a clock the test moves."""
    programs.forget()
    playing = Play(context)
    yield playing
    playing.engine.close()

"""Notes of what goes on the wire: what a killed process leaves behind, read by another."""

import os
import signal
import subprocess
import sys
from uuid import UUID, uuid4

from nurture_sequences.postings import Postings

CLAIM, FIRST, SECOND, THIRD = (uuid4() for _ in range(4))
#: a process that notes a claim of three mails, begins the first, and is killed in the middle of it
KILLED = """
import os, signal, sys
from pathlib import Path
from uuid import UUID
from nurture_sequences.postings import Postings
claim, *mails = (UUID(one) for one in sys.argv[2:])
note = Postings(Path(sys.argv[1])).note()
note.write(claim, mails)
for _ in range(int(os.environ["BEGUN"])):
    note.begin()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_tells_which_mails_it_never_began(tmp_path):
    killed(tmp_path, begun=1)

    (note,) = Postings(tmp_path).dead()

    assert (note.claim, note.never_begun) == (CLAIM, [SECOND, THIRD])


def test_a_process_killed_before_the_first_mail_began_none(tmp_path):
    killed(tmp_path, begun=0)

    (note,) = Postings(tmp_path).dead()

    assert note.never_begun == [FIRST, SECOND, THIRD]


def test_a_living_thread_keeps_its_note_to_itself(tmp_path):
    postings = Postings(tmp_path)
    postings.note().write(CLAIM, [FIRST])

    assert list(Postings(tmp_path).dead()) == []


def test_a_note_is_forgotten_once_its_mails_are_queued_again(tmp_path):
    killed(tmp_path, begun=1)
    (note,) = Postings(tmp_path).dead()

    note.forget()

    assert list(Postings(tmp_path).dead()) == []


def test_a_note_that_was_never_finished_says_nothing(tmp_path):
    folder = tmp_path / "posting"
    folder.mkdir()
    (folder / "x.note").write_bytes(b"half")

    (note,) = Postings(tmp_path).dead()

    assert (note.claim, note.never_begun) == (UUID(int=0), [])


def killed(home, begun):
    arguments = [str(home), *(str(one) for one in (CLAIM, FIRST, SECOND, THIRD))]
    process = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments], env={**os.environ, "BEGUN": str(begun)}, check=False
    )
    assert process.returncode == -signal.SIGKILL

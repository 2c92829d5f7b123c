"""The spool's file: kept once, in order, synced, and gone without a trace when it is done."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from funnel.spool import Store, StoreError, store

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path):
    return Store(tmp_path / "spool")


def test_what_is_kept_comes_back_in_its_order(kept):
    for number in range(3):
        kept.put("submission", f"key{number}", AT, b"body%d" % number)

    first, second, third = kept.after(0)

    assert [entry.body for entry in (first, second, third)] == [b"body0", b"body1", b"body2"]
    assert (first.kind, first.at) == ("submission", AT)
    assert kept.after(second.number) == [third]


def test_the_same_thing_again_is_kept_once(kept):
    kept.put("submission", "key", AT, b"first")
    kept.put("submission", "key", AT, b"again")
    kept.put("spam", "key", AT, b"another kind")

    assert [entry.body for entry in kept.after(0)] == [b"first", b"another kind"]


def test_another_process_finds_what_one_has_kept(kept, tmp_path):
    kept.put("submission", "key", AT, b"body")

    assert [entry.body for entry in Store(tmp_path / "spool").after(0)] == [b"body"]


def test_what_is_done_leaves_no_trace_on_the_disk(kept, tmp_path):
    kept.put("submission", "key", AT, b"jane@example.com" * 1000)
    assert _on_disk(tmp_path, b"jane@example.com")

    kept.remove([kept.after(0)[0].number])
    kept.clean()

    assert not _on_disk(tmp_path, b"jane@example.com")


def test_what_is_done_leaves_no_trace_beside_what_was_set_aside(kept, tmp_path):
    kept.put("submission", "bad", AT, b"bad")
    kept.put("submission", "key", AT, b"jane@example.com" * 1000)
    bad, good = kept.after(0)

    kept.set_aside(bad.number, "DataError")
    kept.remove([good.number])
    kept.clean()

    assert not _on_disk(tmp_path, b"jane@example.com")


def test_many_processes_that_open_a_new_file_at_once_all_keep_something(tmp_path):
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path; from funnel.spool import Store\n"
        "for n in range(20): Store(Path(sys.argv[1]) / str(n)).put('submission', sys.argv[2], datetime.now(UTC), b'x')"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script, tmp_path, str(n)]) for n in range(4)]

    assert [process.wait(60) for process in processes] == [0] * 4
    assert [len(Store(tmp_path / str(n)).after(0)) for n in range(20)] == [4] * 20


def test_only_the_owner_may_read_it(kept, tmp_path):
    kept.put("submission", "key", AT, b"body")

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes.pop("spool") == 0o700
    assert modes["spool.sqlite"] == 0o600


def test_what_is_set_aside_is_counted_and_stands_in_nobodys_way(kept):
    kept.put("submission", "bad", AT, b"bad")
    kept.put("submission", "good", AT, b"good")

    kept.set_aside(kept.after(0)[0].number, "DataError")

    assert [entry.body for entry in kept.after(0)] == [b"good"]
    assert kept.summary(AT + timedelta(seconds=90)) == (1, 1, 90.0)


def test_a_full_disk_keeps_nothing_and_says_so(kept, monkeypatch):
    monkeypatch.setattr(store, "ROOM", 1 << 60)

    with pytest.raises(StoreError, match="bytes left"):
        kept.put("submission", "key", AT, b"body")
    with pytest.raises(StoreError, match="bytes left"):
        kept.check()
    assert kept.summary(AT) == (0, 0, 0.0)


def _on_disk(folder, words):
    return any(words in path.read_bytes() for path in folder.rglob("*") if path.is_file())

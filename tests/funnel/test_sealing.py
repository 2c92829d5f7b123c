"""Secrets are sealed for one purpose, with the first key, and read with any."""

import pytest

from funnel.sealing import SealError, seal, unseal

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_is_sealed_is_read_again_and_cannot_be_seen():
    sealed = seal([OLD], "code", b"a secret")

    assert unseal([OLD], "code", sealed) == b"a secret"
    assert b"a secret" not in sealed
    assert seal([OLD], "code", b"a secret") != sealed


def test_a_new_first_key_still_reads_what_the_old_one_sealed():
    assert unseal([NEW, OLD], "code", seal([OLD], "code", b"x")) == b"x"


@pytest.mark.parametrize("spoil", [lambda sealed: sealed[:-1], lambda _: b"", lambda sealed: b"A" + sealed[1:]])
def test_anything_else_is_refused(spoil):
    with pytest.raises(SealError):
        unseal([OLD], "code", spoil(seal([OLD], "code", b"x")))


def test_another_key_or_purpose_opens_nothing():
    sealed = seal([OLD], "code", b"x")

    for keys, purpose in (([NEW], "code"), ([OLD], "link")):
        with pytest.raises(SealError):
            unseal(keys, purpose, sealed)

"""The database is away, and visitors do not notice."""

from tests.proofs.outage import prove_outage


def test_posts_while_the_database_is_away_are_answered_and_each_is_a_lead_once(tmp_path):
    figures = prove_outage(tmp_path, seconds=6, say=print)

    assert figures.refused == {}
    assert figures.while_away > 50
    assert figures.repeats > 0
    assert figures.leads == figures.submissions == figures.consents == figures.posts - figures.repeats

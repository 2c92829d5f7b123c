"""Every operation, called as its description says and as it does not: no 500, no answer that is not described.

`CONTRACT_EXAMPLES=200 CONTRACT_SEED=7 ./run test tests/contract` looks longer, and elsewhere.
"""

import os
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from funnel.crm import tokens
from tests.contract.calls import call_everything
from tests.funnel.ui.app import story
from tests.funnel.ui.app.place import placed

#: of each operation, that fit, and as many that do not
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "5"))
SEED = int(os.environ.get("CONTRACT_SEED", "0"))
#: what the story holds, by parameter
KNOWN = {
    "lead_id": [1, 2, 3],
    "key": ["welcome", "guide"],
    "kind": ["scoring", "ladder"],
    "mail_id": [1],
    "number": [1],
    "job_id": [1],
    "user_id": [1],
}
DONE = {200, 201, 202, 204}


@pytest.fixture(scope="module")
def place(cluster, template, tmp_path_factory):
    with placed(cluster, template, tmp_path_factory.mktemp("contract"), story.tell, RATE_PER_TOKEN="0") as place:
        yield place


def test_the_service_keeps_its_description(place):
    with place.database.transaction() as session:
        # An id that no call comes upon, or one of them would revoke the token of all the others.
        session.execute(text("ALTER TABLE tokens ALTER COLUMN id RESTART WITH 800000000000"))
        key = tokens.add(session, "contract", ["all"], datetime.now(UTC))
    headers = {"Authorization": f"Bearer {key}"}

    found = call_everything(place.url, headers, KNOWN, examples=EXAMPLES, number=SEED)

    print(f"{found.calls} calls of {len(found.statuses)} operations, {len(_done(found))} of them done")
    assert not found.failures, "\n\n".join(f"{name}\n{told}" for name, told in found.failures.items())
    assert [label for label, statuses in found.statuses.items() if 401 in statuses] == []
    # Who only meets refusals learns nothing of the service. The rest needs a person, or a thing made of another.
    assert len(_done(found)) >= 0.6 * len(found.statuses)


def _done(found):
    return [label for label, statuses in found.statuses.items() if statuses & DONE]

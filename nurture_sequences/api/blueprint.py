"""What every part of this door shares: its blueprint, the address of a sequence, and how a verb's no is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask.blueprints import BlueprintSetupState
from marshmallow import ValidationError
from werkzeug.exceptions import NotFound

from funnel import extensions
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.conditions import Problem
from nurture_sequences import by_hand, schemas, sequences, service_mail, versions
from nurture_sequences.bulk_actions import ACTIONS
from nurture_sequences.exports import TABLES
from nurture_sequences.followers import FOLLOWERS
from nurture_sequences.gauges import GAUGES
from nurture_sequences.personal_data import HOLDINGS

#: bytes; a document carries the texts of its mails
LARGEST_DOCUMENT = 1024 * 1024
SEQUENCE = "/sequences/<key>"

blueprint = Blueprint("sequences", __name__, description="Nurturing programmes.", body_limit=LARGEST_DOCUMENT)


def _extend(state: BlueprintSetupState) -> None:
    shown = extensions.of(state.app)
    shown.gauges.extend(GAUGES)
    shown.followers.extend(FOLLOWERS)
    shown.bulk_actions.update(ACTIONS)
    shown.tables.extend(TABLES)
    shown.personal_data.extend(HOLDINGS)
    shown.send_link = service_mail.queue_link


blueprint.record(_extend)


def check_key(key: str, field: str = "key") -> None:
    """Ends the request with 422 when this is no key."""
    try:
        schemas.KEY(key)
    except ValidationError as error:
        refuse(422, "invalid", "The request is not valid.", {field: [str(text) for text in error.messages]})


@contextmanager
def refusals() -> Iterator[None]:
    """What the verbs say no to, in the API's words."""
    try:
        yield
    except sequences.UnknownSequenceError:
        raise NotFound("There is no such sequence.") from None
    except by_hand.UnknownEnrollmentError:
        raise NotFound("There is no such enrollment in this sequence.") from None
    except versions.UnknownVersionError:
        raise NotFound("There is no such version of the sequence.") from None
    except sequences.RevisionNeededError:
        refuse(428, "revision_needed", "The sequence exists: send its ETag in If-Match to change it.")
    except sequences.StaleRevisionError:
        refuse(412, "stale", "The draft was changed since you read it, or there is no such sequence.")
    except sequences.UnpublishableError as error:
        refuse(422, "has_problems", "Mend the draft before publishing it.", by_path(error.problems))
    except sequences.NotPublishedError:
        refuse(409, "not_published", "The sequence was never published.")
    except by_hand.NotLiveError:
        refuse(409, "not_live", "The sequence takes nobody in: it was never published.")
    except by_hand.UnknownLeadError:
        refuse(422, "unknown_lead", "There is no such lead.")
    except by_hand.NotAgainError:
        refuse(409, "not_again", "The lead is in this sequence, or was, and may not enter it again yet.")


def by_path(problems: Sequence[Problem]) -> dict[str, list[str]]:
    """Messages in the shape of the API's errors."""
    errors: dict[str, list[str]] = {}
    for problem in problems:
        errors.setdefault(problem.path, []).append(problem.message)
    return errors

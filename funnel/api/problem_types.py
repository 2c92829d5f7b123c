"""The kinds of errors that have a page of their own under `/api/docs/problems/`: RFC 9457's problem types."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemType:
    """`remedy` says what a caller does about it."""

    status: int
    title: str
    remedy: str


PROBLEM_TYPES = {
    "answer_lost": ProblemType(
        409,
        "Done, but the answer is lost",
        "The first request with this Idempotency-Key was done; its answer was too large to be kept, or was lost with "
        "the process that made it. Read what is there instead of sending again.",
    ),
    "busy": ProblemType(
        409, "It is worked on", "A dry run or a run is under way. Wait until it is over, or cancel it."
    ),
    "file_gone": ProblemType(
        410, "The file is no longer kept", "Uploaded files are deleted after two weeks. Send the file again."
    ),
    "forbidden": ProblemType(
        403,
        "Not allowed",
        "The token lacks the scope that the operation names: use another token, or have one made. "
        "A write by the app's session needs the header X-CSRF-Token.",
    ),
    "gone": ProblemType(
        410,
        "The cursor's log is no more",
        "The database was restored from a backup or moved to another server. Read the feed again without a cursor: "
        "facts that you know have the ids you know them by.",
    ),
    "has_conversions": ProblemType(
        409,
        "Leads have reached the goal",
        "Keep it, under another name if you like: what leads did can be told only with it.",
    ),
    "has_problems": ProblemType(
        422, "The document has problems", "`errors` lists them by their path in the document. Mend them and send again."
    ),
    "in_flight": ProblemType(
        409,
        "Still under way",
        "The first request with this Idempotency-Key has not been answered yet. Send the same again in a moment.",
    ),
    "invalid": ProblemType(
        422, "The request is not valid", "`errors` says what is wrong, by field or path. Nothing was written."
    ),
    "known_lead": ProblemType(
        409, "The address is a lead's already", "The message names its id: edit that lead, or merge the two."
    ),
    "key_reused": ProblemType(
        422,
        "The Idempotency-Key belongs to another request",
        "Make a new key (a UUID) for each write, and send the old one again only with the very same request.",
    ),
    "no_second_factor": ProblemType(409, "No second factor", "Set one up first: `POST /account/second-factor`."),
    "not_again": ProblemType(
        409,
        "The lead may not enter again",
        "The lead is inside the sequence, or its document says how long to wait before entering again (`reenter`).",
    ),
    "not_live": ProblemType(409, "The sequence takes nobody in", "Publish the sequence first."),
    "not_published": ProblemType(409, "Never published", "Publish the sequence first: there is no version of it yet."),
    "last_admin": ProblemType(
        409, "Last admin", "Nobody could manage people any more. Make somebody else an admin first."
    ),
    "no_parquet": ProblemType(
        501, "Parquet is not installed here", "Install the package pyarrow beside Funnel, or ask for CSV or NDJSON."
    ),
    "on_the_wire": ProblemType(
        409,
        "A mail is leaving this moment",
        "Somebody whose mail is on the wire cannot be erased before its fate is known. Try again in half a minute.",
    ),
    "over": ProblemType(409, "Over already", "What should be stopped has ended by itself. There is nothing to do."),
    "revision_needed": ProblemType(
        428,
        "If-Match is missing",
        "Read the thing, and send its ETag in If-Match with the change: nobody's work is overwritten unseen.",
    ),
    "second_factor_needed": ProblemType(
        403,
        "A second factor is needed",
        "This installation asks everybody for one. Set it up in the account; until then nothing else opens.",
    ),
    "second_factor_on": ProblemType(
        409, "There is a second factor already", "Remove it first, with `POST /account/second-factor/remove`."
    ),
    "service_unavailable": ProblemType(
        503, "Away for a moment", "Try again after as many seconds as Retry-After says. Nothing was written."
    ),
    "stale": ProblemType(
        412, "Changed meanwhile", "Read the thing again, make the change on what it says now, and send its new ETag."
    ),
    "taken": ProblemType(
        409, "In use already", "Something has this key, or this address. Choose another, or change what is there."
    ),
    "too_many": ProblemType(409, "Too many", "The message says how many there may be. Delete one that nobody needs."),
    "too_many_requests": ProblemType(
        429,
        "Too many requests",
        "Wait as many seconds as Retry-After says. RateLimit tells with every answer what is left, RateLimit-Policy "
        "what there is a minute.",
    ),
    "unauthorized": ProblemType(
        401,
        "Not signed in",
        "Send `Authorization: Bearer` and a living token: one that was not revoked and has not expired.",
    ),
    "used": ProblemType(409, "Used elsewhere", "The message names what needs it: take it out there first."),
    "unknown_lead": ProblemType(422, "No such lead", "Look the lead up in /leads, or let a form capture it first."),
}

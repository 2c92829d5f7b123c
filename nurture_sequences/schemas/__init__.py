"""Sequences, as the API speaks of them. What a document may say is `definition`'s matter, not a schema's."""

from nurture_sequences.schemas.counts import CountsOut
from nurture_sequences.schemas.enrollment import (
    EnrolledOut,
    EnrollIn,
    EnrollmentsOut,
    InsideOut,
    InsideQuery,
)
from nurture_sequences.schemas.overview import OverviewOut
from nurture_sequences.schemas.sequence import (
    KEY,
    CheckedOut,
    DocumentIn,
    DuplicateIn,
    ProblemOut,
    SequenceOut,
    SequencePageOut,
    SequenceQuery,
    StatusOut,
)
from nurture_sequences.schemas.simulation import SimulatedOut, SimulateIn
from nurture_sequences.schemas.version import (
    DiffOut,
    DiffQuery,
    PreviewOut,
    PublishedOut,
    VersionOut,
    VersionQuery,
    VersionsOut,
)

__all__ = [
    "KEY",
    "CheckedOut",
    "CountsOut",
    "DiffOut",
    "DiffQuery",
    "DocumentIn",
    "DuplicateIn",
    "EnrollIn",
    "EnrolledOut",
    "EnrollmentsOut",
    "InsideOut",
    "InsideQuery",
    "OverviewOut",
    "PreviewOut",
    "ProblemOut",
    "PublishedOut",
    "SequenceOut",
    "SequencePageOut",
    "SequenceQuery",
    "SimulateIn",
    "SimulatedOut",
    "StatusOut",
    "VersionOut",
    "VersionQuery",
    "VersionsOut",
]

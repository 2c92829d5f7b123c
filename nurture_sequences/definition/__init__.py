"""Pure: the sequence document, what is wrong with it, and the program it becomes."""

from nurture_sequences.definition.diff import Change, diff
from nurture_sequences.definition.document import DocumentError, compile_document, problems
from nurture_sequences.definition.places import step_at
from nurture_sequences.definition.program import Arm, Email, Goal, Program, Step, Trigger

__all__ = [
    "Arm",
    "Change",
    "DocumentError",
    "Email",
    "Goal",
    "Program",
    "Step",
    "Trigger",
    "compile_document",
    "diff",
    "problems",
    "step_at",
]

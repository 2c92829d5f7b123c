"""Pure: the sequence document, what is wrong with it, and the program it becomes."""

from nurture_sequences.definition.document import DocumentError, compile_document, problems
from nurture_sequences.definition.program import Arm, Email, Program, Step, Trigger

__all__ = ["Arm", "DocumentError", "Email", "Program", "Step", "Trigger", "compile_document", "problems"]

"""Door for programs and for the app: edit, publish, pause sequences; who is inside, and what would happen."""

from nurture_sequences.api import drafts, enrollments, home, publishing
from nurture_sequences.api.blueprint import blueprint

__all__ = ["blueprint", "drafts", "enrollments", "home", "publishing"]

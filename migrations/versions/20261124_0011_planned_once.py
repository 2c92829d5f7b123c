"""What is searched of a lead is put together by functions whose plans PostgreSQL keeps."""

from alembic import op
from sqlalchemy import text

from funnel.models.search import FUNCTIONS

revision = "20261124_0011"
down_revision = "20261124_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in FUNCTIONS[-2:]:
        op.execute(text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """What they give is the same as before: nothing to take back."""

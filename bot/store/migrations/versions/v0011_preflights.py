"""What a preflight of the fleet came to, and whether one is under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "preflights",
        sa.Column("fleet", sa.String(64), primary_key=True, comment="What the fleet file said"),
        sa.Column("started", sa.Double, nullable=False, comment="The newest walk"),
        sa.Column("by", sa.String(64), comment="The job that walks; none: it has ended"),
        sa.Column("finished", sa.Double, comment="The walk that the document is of"),
        sa.Column("document", sa.Text, comment="The report as JSON"),
        comment="What a preflight of the fleet came to, and whether one is under way.",
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("preflights")

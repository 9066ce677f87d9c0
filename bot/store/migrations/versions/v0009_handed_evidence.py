"""Output of commands that people pasted for an incident."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "handed_evidence",
        sa.Column("job_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(
            "incident_id",
            sa.String(32),
            sa.ForeignKey("incidents.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("cluster", sa.String(253)),
        sa.Column("text", sa.Text, nullable=False),
        comment="Output of commands that people pasted, as far as a check reads it.",
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("handed_evidence")

"""What people of a channel answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "channel_answers",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("cluster", sa.String(100)),
        sa.Column("namespace", sa.String(253)),
        sa.Column("service_account", sa.String(253)),
        sa.Column("at", sa.Double, nullable=False, index=True),
        comment="What people answered: for one failure, and (empty fingerprint) for any other.",
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("channel_answers")

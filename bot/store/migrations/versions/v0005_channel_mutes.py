"""Where to keep quiet, and until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "channel_mutes",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("until", sa.Double, nullable=False, index=True),
        sa.Column("by", sa.String(32), nullable=False),
        comment="Where to keep quiet: about one cause, or (empty code) whatever the cause.",
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("channel_mutes")

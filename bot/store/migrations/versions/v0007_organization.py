"""Accounts that Organizations listed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "organization_accounts",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        comment="The inventory: active accounts that Organizations listed.",
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("organization_accounts")

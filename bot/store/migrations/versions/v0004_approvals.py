"""Requests, approvals and undo of fixes; the audit trail becomes a chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    for column in (
        sa.Column("requested_by", sa.String(32)),
        sa.Column("requested", sa.Double),
        sa.Column("request_ts", sa.String(32), comment="The message that asks for approval"),
        sa.Column("began", sa.Double, comment="When the rules had been checked for the last time"),
        sa.Column("settled", sa.Double),
        sa.Column("undoes", sa.String(32), comment="The plan that this one takes back"),
    ):
        op.add_column("plans", column)
    op.create_table(
        "approvals",
        sa.Column(
            "plan_id",
            sa.String(32),
            sa.ForeignKey("plans.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("user", sa.String(32), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        comment="Who approved a fix.",
    )
    for column in (
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("previous", sa.String(64), comment="The hash of the entry before"),
        sa.Column(
            "hash",
            sa.String(64),
            comment="Of this entry and of the hash before it; see `bot.audit`",
        ),
    ):
        op.add_column("audit", column)


def downgrade() -> None:
    """Drop them."""
    for name in ("hash", "previous", "after", "before"):
        op.drop_column("audit", name)
    op.drop_table("approvals")
    for name in ("undoes", "settled", "began", "request_ts", "requested", "requested_by"):
        op.drop_column("plans", name)

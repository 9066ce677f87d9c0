"""Sweeps of the fleet, and what is done of the one that runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sweeps",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "fleet",
            sa.String(64),
            nullable=False,
            comment="Which accounts and clusters it is about",
        ),
        sa.Column(
            "state", sa.String(12), nullable=False, comment="running, done, or seed: see slot"
        ),
        sa.Column(
            "slot", sa.Double, unique=True, comment="The moment of the schedule that it serves"
        ),
        sa.Column("started", sa.Double, nullable=False),
        sa.Column("finished", sa.Double),
        sa.Column("document", sa.Text, comment="The report as JSON"),
    )
    op.create_index("sweeps_by_age", "sweeps", ["fleet", "state", "finished"])
    op.create_index(
        "sweeps_one_running",
        "sweeps",
        ["fleet"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "sweep_parts",
        _sweep(),
        sa.Column(
            "kind",
            sa.String(12),
            primary_key=True,
            comment="issuers, account, cluster, or reply",
        ),
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("by", sa.String(64), nullable=False, comment="The process that did it"),
        comment="What is done of a running sweep: each part once.",
    )
    op.create_table(
        "sweep_roles",
        _sweep(),
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("arn", sa.Text, nullable=False),
        sa.Column(
            "body",
            sa.Text,
            comment="The role with its trust policy, where that names an OIDC provider",
        ),
    )
    op.create_table(
        "sweep_trusts",
        _sweep(),
        sa.Column("issuer", sa.Text, primary_key=True, comment="Without https://"),
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column(
            "name",
            sa.String(128),
            primary_key=True,
            comment="A role; empty: the OIDC provider alone",
        ),
        comment="Which roles of a running sweep trust which issuer.",
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("sweep_trusts", "sweep_roles", "sweep_parts", "sweeps"):
        op.drop_table(table)


def _sweep() -> sa.Column[str]:
    return sa.Column(
        "sweep_id", sa.String(32), sa.ForeignKey("sweeps.id", ondelete="CASCADE"), primary_key=True
    )

"""Clusters that EKS listed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the inventory's tables."""
    op.create_table(
        "seen_clusters",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("region", sa.String(32), primary_key=True),
        sa.Column("eks_name", sa.String(100), primary_key=True),
        sa.Column("issuer", sa.Text),
        sa.Column("at", sa.Double, nullable=False),
        comment="The inventory: clusters that EKS listed.",
    )
    op.create_table(
        "cluster_scans",
        sa.Column("account", sa.String(12), primary_key=True),
        sa.Column("region", sa.String(32), primary_key=True),
        sa.Column("at", sa.Double, comment="Last success"),
        sa.Column("tried", sa.Double, comment="Last attempt"),
        sa.Column("claimed", sa.Double, comment="Since when somebody is at it"),
        sa.Column("trouble", sa.Text),
        comment="The inventory: how the last look into a region went.",
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("cluster_scans")
    op.drop_table("seen_clusters")

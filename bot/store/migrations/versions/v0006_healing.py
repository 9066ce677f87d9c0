"""What an incident was, since when it is healed, which reply answers in full, and what is looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and make the tables."""
    for column in (
        sa.Column("found", sa.Text, comment="The first diagnoses that named a cause"),
        sa.Column("healed", sa.Double, comment="When a check first passed after that"),
        sa.Column(
            "full_answer", sa.String(32), comment="The incident whose reply is the whole answer"
        ),
        sa.Column("summary_ts", sa.String(32), comment="The message that sums it up"),
    ):
        op.add_column("incidents", column)
    op.create_table(
        "full_answers",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("cause", sa.String(64), primary_key=True),
        sa.Column("incident_id", sa.String(32), nullable=False),
        sa.Column("at", sa.Double, nullable=False, index=True),
        comment="Which incident of a channel answers a cause in full; the first of several wins.",
    )
    op.create_table(
        "watches",
        sa.Column("incident_id", sa.String(32), primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("about", sa.String(64), nullable=False, comment="The target and role, hashed"),
        sa.Column("due", sa.Double, index=True, comment="The next look; null: none by itself"),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("ends", sa.Double, nullable=False, index=True),
        comment="Incidents whose cause stands, as far as is known.",
    )
    op.create_index("watches_by_target", "watches", ["team", "about"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("watches")
    op.drop_table("full_answers")
    for name in ("summary_ts", "full_answer", "healed", "found"):
        op.drop_column("incidents", name)

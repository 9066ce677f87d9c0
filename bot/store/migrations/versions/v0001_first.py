"""Incidents, plans, jobs and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _incident_key() -> sa.Column[str]:
    return sa.Column(
        "incident_id",
        sa.String(32),
        sa.ForeignKey("incidents.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "events",
        sa.Column("id", sa.String(80), primary_key=True, comment="Slack's event_id"),
        sa.Column("at", sa.Double, nullable=False, index=True),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("thread_ts", sa.String(32)),
        sa.Column("by", sa.String(32)),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("reply_ts", sa.String(32)),
        sa.Column("response_url", sa.Text),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("cases", sa.Text, nullable=False),
        sa.Column("diagnoses", sa.Text),
        sa.Column("question", sa.Text),
        sa.Column("happenings", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("updated", sa.Double, nullable=False),
    )
    op.create_index("incidents_by_thread", "incidents", ["team", "channel", "thread_ts", "created"])
    op.create_index("incidents_by_age", "incidents", ["updated"])
    op.create_table(
        "messages",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("ts", sa.String(32), primary_key=True),
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("at", sa.Double, nullable=False, index=True),
        comment="Failures by the message that holds them: mention and message event, edits, retries.",
    )
    op.create_table(
        "failures",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("thread_ts", sa.String(32), primary_key=True),
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        _incident_key(),
        comment="Failures by thread: one reply each.",
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.String(32), primary_key=True),
        _incident_key(),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("fix", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
        sa.Column("by", sa.String(32)),
        sa.Column("claimed", sa.Double),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("task", sa.String(24), nullable=False),
        sa.Column("incident_id", sa.String(32)),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("lease", sa.Double, comment="Until when the owner has it"),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("finished", sa.Double),
        sa.Column("error", sa.Text),
    )
    op.create_index("jobs_waiting", "jobs", ["state", "urgent", "id"])
    running = sa.text("state = 'running' AND incident_id IS NOT NULL")
    op.create_index(
        "jobs_one_running_per_incident",
        "jobs",
        ["incident_id"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Double, nullable=False, index=True),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("team", sa.String(32)),
        sa.Column("channel", sa.String(32)),
        sa.Column("user", sa.String(32)),
        sa.Column("incident_id", sa.String(32)),
        sa.Column("plan_id", sa.String(32)),
        sa.Column("words", sa.Text, nullable=False),
        comment="Append-only.",
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "audit",
        "jobs",
        "plans",
        "failures",
        "messages",
        "incidents",
        "events",
    ):
        op.drop_table(table)

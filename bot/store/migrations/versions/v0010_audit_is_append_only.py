"""The database itself keeps the audit trail append-only; how far the audit channel is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_WORDS = "the audit trail is append-only"
_MAY_GO = "coalesce((SELECT max(up_to) FROM audit_forgotten), 0)"

_SQLITE = (
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END",
    f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.id > {_MAY_GO}
BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.id <= {_MAY_GO} THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION '{_WORDS}';
END $$""",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
)
_UNDO_SQLITE = ("DROP TRIGGER audit_no_delete", "DROP TRIGGER audit_no_update")
_UNDO_POSTGRESQL = (
    "DROP TRIGGER audit_no_truncate ON audit",
    "DROP TRIGGER audit_no_change ON audit",
    "DROP FUNCTION audit_append_only()",
)


def upgrade() -> None:
    """Make the tables and the triggers."""
    op.create_table(
        "audit_forgotten",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("up_to", sa.Integer, nullable=False),
        comment="One row: up to which entry retention may delete; the triggers of `audit` read it.",
    )
    op.create_table(
        "audit_posts",
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False, comment="The newest entry that is posted"),
        sa.Column("posting", sa.Integer, comment="The entry that may be posted or not: look first"),
        sa.Column("owner", sa.String(64), comment="The process that posts"),
        sa.Column("lease", sa.Double, comment="Until when it does"),
        sa.Column("trouble", sa.Text, comment="Why Slack does not take the next one"),
        comment="How far the audit channel is.",
    )
    for statement in _SQLITE if _sqlite() else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for statement in _UNDO_SQLITE if _sqlite() else _UNDO_POSTGRESQL:
        op.execute(statement)
    op.drop_table("audit_posts")
    op.drop_table("audit_forgotten")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"

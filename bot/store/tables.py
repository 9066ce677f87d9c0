"""The tables. Times are seconds since the epoch; documents are JSON text; IDs are random."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

events = Table(
    "events",
    metadata,
    Column("id", String(80), primary_key=True, comment="Slack's event_id"),
    Column("at", Double, nullable=False, index=True),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("thread_ts", String(32)),
    Column("by", String(32)),
    Column("automatic", Boolean, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("reply_ts", String(32)),
    Column("response_url", Text),
    Column("seen", Integer, nullable=False),
    Column("cases", Text, nullable=False),
    Column("diagnoses", Text),
    Column("question", Text),
    Column("happenings", Text, nullable=False),
    Column("found", Text, comment="The first diagnoses that named a cause"),
    Column("healed", Double, comment="When a check first passed after that"),
    Column("full_answer", String(32), comment="The incident whose reply is the whole answer"),
    Column("summary_ts", String(32), comment="The message that sums it up"),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Index("incidents_by_thread", "team", "channel", "thread_ts", "created"),
    Index("incidents_by_age", "updated"),
)

messages = Table(
    "messages",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("ts", String(32), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("at", Double, nullable=False, index=True),
    comment="Failures by the message that holds them: mention and message event, edits, retries.",
)

failures = Table(
    "failures",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("thread_ts", String(32), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column(
        "incident_id", ForeignKey("incidents.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    comment="Failures by thread: one reply each.",
)

plans = Table(
    "plans",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "incident_id", ForeignKey("incidents.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("position", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("fix", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("by", String(32)),
    Column("claimed", Double),
    Column("requested_by", String(32)),
    Column("requested", Double),
    Column("request_ts", String(32), comment="The message that asks for approval"),
    Column("began", Double, comment="When the rules had been checked for the last time"),
    Column("settled", Double),
    Column("undoes", String(32), comment="The plan that this one takes back"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("user", String(32), primary_key=True),
    Column("at", Double, nullable=False),
    comment="Who approved a fix.",
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("task", String(24), nullable=False),
    Column("incident_id", String(32)),
    Column("payload", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", String(64)),
    Column("lease", Double, comment="Until when the owner has it"),
    Column("created", Double, nullable=False),
    Column("finished", Double),
    Column("error", Text),
    Index("jobs_waiting", "state", "urgent", "id"),
)

Index(
    "jobs_one_running_per_incident",
    jobs.c.incident_id,
    unique=True,
    sqlite_where=text("state = 'running' AND incident_id IS NOT NULL"),
    postgresql_where=text("state = 'running' AND incident_id IS NOT NULL"),
)

seen_clusters = Table(
    "seen_clusters",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("eks_name", String(100), primary_key=True),
    Column("issuer", Text),
    Column("at", Double, nullable=False),
    comment="The inventory: clusters that EKS listed.",
)

cluster_scans = Table(
    "cluster_scans",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("at", Double, comment="Last success"),
    Column("tried", Double, comment="Last attempt"),
    Column("claimed", Double, comment="Since when somebody is at it"),
    Column("trouble", Text),
    comment="The inventory: how the last look into a region went.",
)

organization_accounts = Table(
    "organization_accounts",
    metadata,
    Column("account", String(12), primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", Double, nullable=False),
    comment="The inventory: active accounts that Organizations listed.",
)

channel_answers = Table(
    "channel_answers",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("cluster", String(100)),
    Column("namespace", String(253)),
    Column("service_account", String(253)),
    Column("at", Double, nullable=False, index=True),
    comment="What people answered: for one failure, and (empty fingerprint) for any other.",
)

channel_mutes = Table(
    "channel_mutes",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("code", String(16), primary_key=True),
    Column("until", Double, nullable=False, index=True),
    Column("by", String(32), nullable=False),
    comment="Where to keep quiet: about one cause, or (empty code) whatever the cause.",
)

full_answers = Table(
    "full_answers",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("cause", String(64), primary_key=True),
    Column("incident_id", String(32), nullable=False),
    Column("at", Double, nullable=False, index=True),
    comment="Which incident of a channel answers a cause in full; the first of several wins.",
)

watches = Table(
    "watches",
    metadata,
    Column("incident_id", String(32), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("about", String(64), nullable=False, comment="The target and role, hashed"),
    Column("due", Double, index=True, comment="The next look; null: none by itself"),
    Column("looks", Integer, nullable=False),
    Column("ends", Double, nullable=False, index=True),
    Index("watches_by_target", "team", "about"),
    comment="Incidents whose cause stands, as far as is known.",
)

handed_evidence = Table(
    "handed_evidence",
    metadata,
    Column("job_id", Integer, primary_key=True, autoincrement=False),
    Column(
        "incident_id", ForeignKey("incidents.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("by", String(32), nullable=False),
    Column("at", Double, nullable=False),
    Column("cluster", String(253)),
    Column("text", Text, nullable=False),
    comment="Output of commands that people pasted, as far as a check reads it.",
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False, index=True),
    Column("action", String(32), nullable=False),
    Column("decision", String(32), nullable=False),
    Column("team", String(32)),
    Column("channel", String(32)),
    Column("user", String(32)),
    Column("incident_id", String(32)),
    Column("plan_id", String(32)),
    Column("words", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("previous", String(64), comment="The hash of the entry before"),
    Column("hash", String(64), comment="Of this entry and of the hash before it; see `bot.audit`"),
    comment="Append-only.",
)

audit_forgotten = Table(
    "audit_forgotten",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("up_to", Integer, nullable=False),
    comment="One row: up to which entry retention may delete; the triggers of `audit` read it.",
)

audit_posts = Table(
    "audit_posts",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("last", Integer, nullable=False, comment="The newest entry that is posted"),
    Column("posting", Integer, comment="The entry that may be posted or not: look first"),
    Column("owner", String(64), comment="The process that posts"),
    Column("lease", Double, comment="Until when it does"),
    Column("trouble", Text, comment="Why Slack does not take the next one"),
    comment="How far the audit channel is.",
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("fleet", String(64), nullable=False, comment="Which accounts and clusters it is about"),
    Column("state", String(12), nullable=False, comment="running, done, or seed: see slot"),
    Column("slot", Double, unique=True, comment="The moment of the schedule that it serves"),
    Column("started", Double, nullable=False),
    Column("finished", Double),
    Column("document", Text, comment="The report as JSON"),
    Index("sweeps_by_age", "fleet", "state", "finished"),
)

Index(
    "sweeps_one_running",
    sweeps.c.fleet,
    unique=True,
    sqlite_where=text("state = 'running'"),
    postgresql_where=text("state = 'running'"),
)

sweep_parts = Table(
    "sweep_parts",
    metadata,
    Column("sweep_id", ForeignKey("sweeps.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(12), primary_key=True, comment="issuers, account, cluster, or reply"),
    Column("name", String(128), primary_key=True),
    Column("body", Text, nullable=False),
    Column("by", String(64), nullable=False, comment="The process that did it"),
    comment="What is done of a running sweep: each part once.",
)

sweep_roles = Table(
    "sweep_roles",
    metadata,
    Column("sweep_id", ForeignKey("sweeps.id", ondelete="CASCADE"), primary_key=True),
    Column("account", String(12), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("arn", Text, nullable=False),
    Column(
        "body", Text, comment="The role with its trust policy, where that names an OIDC provider"
    ),
)

sweep_trusts = Table(
    "sweep_trusts",
    metadata,
    Column("sweep_id", ForeignKey("sweeps.id", ondelete="CASCADE"), primary_key=True),
    Column("issuer", Text, primary_key=True, comment="Without https://"),
    Column("account", String(12), primary_key=True),
    Column("name", String(128), primary_key=True, comment="A role; empty: the OIDC provider alone"),
    comment="Which roles of a running sweep trust which issuer.",
)

preflights = Table(
    "preflights",
    metadata,
    Column("fleet", String(64), primary_key=True, comment="What the fleet file said"),
    Column("started", Double, nullable=False, comment="The newest walk"),
    Column("by", String(64), comment="The job that walks; none: it has ended"),
    Column("finished", Double, comment="The walk that the document is of"),
    Column("document", Text, comment="The report as JSON"),
    comment="What a preflight of the fleet came to, and whether one is under way.",
)

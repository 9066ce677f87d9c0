"""What must survive a restart: incidents, offered fixes, queued work and the audit trail.

SQLite by default, PostgreSQL where replicas share the work. Every change of state is a compare-and-set, so
that two presses, two deliveries or two replicas do one thing once.
"""

from bot.store.store import Store, open_store

__all__ = ["Store", "open_store"]

"""The tables of signing in: who is at which browser, what waits, what was allowed; `schema.py` lists all tables."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from tokensmith.server.storage.table_names import metadata

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("amr", Text, nullable=False),
    Column("signed_in_at_ms", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger),
    Column("secret_digest", LargeBinary),
    Column("seen_at_ms", BigInteger),
    Column("expires_at_ms", BigInteger),
    Index("ix_sessions_secret_digest", "secret_digest", unique=True),  # a browser's cookie → its session
    sqlite_with_rowid=False,
)

# A new password, an account switched off: which of somebody's sessions run?
Index(
    "ix_sessions_running",
    sessions.c.user_id,
    sqlite_where=sessions.c.ended_at_ms.is_(None),
    postgresql_where=sessions.c.ended_at_ms.is_(None),
)
# Forgetting: which browsers' sessions were over long ago?
Index(
    "ix_sessions_expiring",
    sessions.c.expires_at_ms,
    sqlite_where=sessions.c.expires_at_ms.is_not(None),
    postgresql_where=sessions.c.expires_at_ms.is_not(None),
)

# What a person allowed a client, one row per scope: two consents at once add up.
consents: Final = Table(
    "consents",
    metadata,
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("client_id", Text, ForeignKey("clients.id"), primary_key=True),
    Column("resource_id", Text, ForeignKey("resources.id"), primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("given_at_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

pending_requests: Final = Table(
    "pending_requests",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("client_id", Text, ForeignKey("clients.id"), nullable=False),
    Column("parameters", Text, nullable=False),
    Column("resources", Text, nullable=False),
    Column("pushed", Boolean, nullable=False),
    Column("browser_digest", LargeBinary),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),  # the sweep: which did nobody answer in time?
    sqlite_with_rowid=False,
)

authorization_codes: Final = Table(
    "authorization_codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("grant_id", Text, ForeignKey("grants.id"), nullable=False, index=True),  # forgetting a grant
    Column("redirect_uri", Text),
    Column("challenge", Text),
    Column("nonce", Text),
    Column("key_thumbprint", Text),
    Column("resource_id", Text, ForeignKey("resources.id"), nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),  # the sweep: which are over for long enough?
    Column("consumed_at_ms", BigInteger),
    sqlite_with_rowid=False,
)

sign_in_attempts: Final = Table(
    "sign_in_attempts",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("window_started_at_ms", BigInteger, nullable=False),
    Column("locked_until_ms", BigInteger, nullable=False),
    Column("known_until_ms", BigInteger, nullable=False),
    Column("useless_from_ms", BigInteger, nullable=False, index=True),  # the sweep: which rows say nothing any more?
    sqlite_with_rowid=False,
)

device_requests: Final = Table(
    "device_requests",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("user_code", Text, nullable=False, unique=True),  # what a person types in; and one device per code
    Column("client_id", Text, ForeignKey("clients.id"), nullable=False),
    Column("parameters", Text, nullable=False),
    Column("resources", Text, nullable=False),
    Column("interval_seconds", Integer, nullable=False),
    Column("next_poll_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),  # the sweep: which are over?
    Column("grant_id", Text, ForeignKey("grants.id"), index=True),  # forgetting a grant
    Column("resource_id", Text, ForeignKey("resources.id")),
    Column("denied", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

logout_notices: Final = Table(
    "logout_notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("client_id", Text, ForeignKey("clients.id"), nullable=False),
    Column("user_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at_ms", BigInteger),
    Column("error", Text),
    Column("changed_at_ms", BigInteger, nullable=False, index=True),  # the newest; and the sweep of what is done with
    sqlite_with_rowid=False,
)
# Delivering: which are due?
Index(
    "ix_logout_notices_due",
    logout_notices.c.due_at_ms,
    sqlite_where=logout_notices.c.due_at_ms.is_not(None),
    postgresql_where=logout_notices.c.due_at_ms.is_not(None),
)

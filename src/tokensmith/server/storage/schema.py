"""Every table of the server, written once for SQLite and PostgreSQL.

Conventions: ids are text; digests and families are raw bytes; moments are the database's, in milliseconds since 1970
(`…_ms`); short lists that are only ever read and written whole are text, separated by spaces. Each index says which
question it answers. On SQLite a table whose key is no number is stored in the order of that key (no row number besides
it). The migrations build the same tables; a test compares the two.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    false,
    text,
)

from tokensmith.server.storage.key_tables import former_sealing_keys, sealing_checks, signing_keys
from tokensmith.server.storage.sign_in_tables import (
    authorization_codes,
    consents,
    device_requests,
    logout_notices,
    pending_requests,
    sessions,
    sign_in_attempts,
)
from tokensmith.server.storage.table_names import metadata

__all__ = [
    "REVISION",
    "audit",
    "authorization_codes",
    "client_scopes",
    "clients",
    "consents",
    "device_requests",
    "former_sealing_keys",
    "grant_audiences",
    "grants",
    "logos",
    "logout_notices",
    "metadata",
    "pending_requests",
    "refresh_families",
    "resources",
    "sealing_checks",
    "sessions",
    "sign_in_attempts",
    "signing_keys",
    "status_entries",
    "status_lists",
    "used_proofs",
    "user_scopes",
    "users",
]

# The revision that built these tables, as the store asks for it at start; the newest in migrations/versions.
REVISION: Final = "0012"

users: Final = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_key", Text, nullable=False, unique=True),  # sign-in; and one person per folded name
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("is_admin", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("profile", Text, nullable=False, server_default="{}"),  # claims of OpenID Connect, as JSON
    sqlite_with_rowid=False,
)

resources: Final = Table(
    "resources",
    metadata,
    Column("id", Text, primary_key=True),
    Column("audience", Text, nullable=False, unique=True),  # "resource" parameter → resource; and one per URI
    Column("scopes", Text, nullable=False),
    # No foreign key: clients point at resources, and SQLite cannot add the second half of a circle later.
    Column("client_id", Text, index=True),  # introspection: which resources does this client serve?
    Column("title", Text),
    Column("texts", Text, nullable=False, server_default="{}"),  # what its scopes allow, in words, as JSON
    Column("is_open", Boolean, nullable=False, server_default=false()),
    Column("details", Text, nullable=False, server_default="{}"),  # its types of authorization details, as JSON
    sqlite_with_rowid=False,
)

clients: Final = Table(
    "clients",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("grant_types", Text, nullable=False),
    Column("secret_digests", LargeBinary, nullable=False),  # 32 bytes each, one behind the other
    Column("default_resource_id", Text, ForeignKey("resources.id")),
    Column("access_seconds", Integer, nullable=False),
    Column("refresh_idle_seconds", Integer, nullable=False),
    Column("refresh_absolute_seconds", Integer, nullable=False),
    Column("reuse_window_seconds", Integer, nullable=False),
    Column("lost_answer_seconds", Integer, nullable=False),
    Column("signing_alg", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    # The rest of what it registered, as JSON, read and written whole; the default is for a process of version 0003.
    Column("registration", Text, nullable=False, server_default="{}"),
    sqlite_with_rowid=False,
)

# One row per scope, not a list per resource: two administrators who add a scope each cannot undo one another.
user_scopes: Final = Table(
    "user_scopes",
    metadata,
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("resource_id", Text, ForeignKey("resources.id"), primary_key=True),
    Column("scope", Text, primary_key=True),
    sqlite_with_rowid=False,
)

client_scopes: Final = Table(
    "client_scopes",
    metadata,
    Column("client_id", Text, ForeignKey("clients.id"), primary_key=True),
    Column("resource_id", Text, ForeignKey("resources.id"), primary_key=True),
    Column("scope", Text, primary_key=True),
    sqlite_with_rowid=False,
)

grants: Final = Table(
    "grants",
    metadata,
    Column("id", Text, primary_key=True),
    Column("client_id", Text, ForeignKey("clients.id"), nullable=False),
    Column("user_id", Text, ForeignKey("users.id")),
    Column("session_id", Text, ForeignKey("sessions.id")),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger),
    Column("signed_in_at_ms", BigInteger),
    Column("amr", Text),
    Column("offline", Boolean, nullable=False, server_default=false()),
    Column("expires_at_ms", BigInteger),
    # Sign-out, a new password, a client taken away: what of it runs, and what did this transaction just end?
    Index(None, "session_id", "ended_at_ms"),
    Index(None, "user_id", "ended_at_ms"),
    Index(None, "client_id", "user_id", "ended_at_ms"),  # with user_id: the grant of a client that acts for itself
    sqlite_with_rowid=False,
)
# Forgetting: which have ended long ago?
Index(
    "ix_grants_ended",
    grants.c.ended_at_ms,
    sqlite_where=grants.c.ended_at_ms.is_not(None),
    postgresql_where=grants.c.ended_at_ms.is_not(None),
)
# The sweep: which grants that no refresh family keeps are over?
Index(
    "ix_grants_expiring",
    grants.c.expires_at_ms,
    sqlite_where=grants.c.expires_at_ms.is_not(None) & grants.c.ended_at_ms.is_(None),
    postgresql_where=grants.c.expires_at_ms.is_not(None) & grants.c.ended_at_ms.is_(None),
)

grant_audiences: Final = Table(
    "grant_audiences",
    metadata,
    Column("grant_id", Text, ForeignKey("grants.id"), primary_key=True),
    Column("resource_id", Text, ForeignKey("resources.id"), primary_key=True),
    Column("scopes", Text, nullable=False),
    # The present place in a status list, both null until the next access token takes one.
    Column("list_id", Integer),
    Column("list_index", Integer),
    Column("details", Text),  # what was granted beyond scopes, as JSON; null where nothing was
    CheckConstraint("(list_id IS NULL) = (list_index IS NULL)", name="whole_place"),
    ForeignKeyConstraint(["list_id", "list_index"], ["status_entries.list_id", "status_entries.list_index"]),
    # No token of two grants shares a bit; and freeing an entry asks whether somebody still points at it.
    Index(None, "list_id", "list_index", unique=True),
    sqlite_with_rowid=False,
)

refresh_families: Final = Table(
    "refresh_families",
    metadata,
    Column("family", LargeBinary, primary_key=True),
    Column("grant_id", Text, ForeignKey("grants.id"), nullable=False, index=True),  # ending a grant ends its families
    Column("generation", BigInteger, nullable=False),
    Column("secret_digest", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("rotated_at_ms", Text, nullable=False),
    Column("idle_expires_at_ms", BigInteger, nullable=False),
    Column("absolute_expires_at_ms", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger),
    Column("key_thumbprint", Text),  # whose key has to prove itself with every refresh; null for nobody's
    Column("earlier_keys", Text),  # "key:generation …", the last that each has made; null in all but a few
    # What lets one index find every family that is over.
    CheckConstraint("idle_expires_at_ms <= absolute_expires_at_ms", name="idle_first"),
    sqlite_with_rowid=False,
)
# The sweep: which running families have expired?
Index(
    "ix_refresh_families_running",
    refresh_families.c.idle_expires_at_ms,
    sqlite_where=refresh_families.c.ended_at_ms.is_(None),
    postgresql_where=refresh_families.c.ended_at_ms.is_(None),
)

logos: Final = Table(
    "logos",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

used_proofs: Final = Table(
    "used_proofs",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("until_ms", BigInteger, nullable=False, index=True),  # the sweep: which are too old to be used anyway?
    sqlite_with_rowid=False,
)

status_lists: Final = Table(
    "status_lists",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)

status_entries: Final = Table(
    "status_entries",
    metadata,
    Column("list_id", Integer, ForeignKey("status_lists.id"), primary_key=True, autoincrement=False),
    Column("list_index", Integer, primary_key=True, autoincrement=False),
    Column("grant_id", Text, nullable=False),
    Column("revoked", Boolean, nullable=False),
    # When the entry's present state is over: null while held, then once for the set bit, once for the cleared one.
    Column("until_ms", BigInteger),
    sqlite_with_rowid=False,
)
# Building a list: which bits are set? They are few among many. With `revoked` in it, though it is always true there,
# SQLite takes this index and not the longer way along the primary key.
Index(
    "ix_status_entries_revoked",
    status_entries.c.list_id,
    status_entries.c.revoked,
    status_entries.c.list_index,
    sqlite_where=text("revoked = 1"),  # as the question is put: SQLite compares the words
    postgresql_where=status_entries.c.revoked,
)
# The sweep: which entries have been given up for long enough?
Index(
    "ix_status_entries_until_ms",
    status_entries.c.until_ms,
    sqlite_where=status_entries.c.until_ms.is_not(None),
    postgresql_where=status_entries.c.until_ms.is_not(None),
)

audit: Final = Table(
    "audit",
    metadata,
    # Numbers are never given twice, also after the newest rows were deleted behind our back: a gap stays visible.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("user_id", Text),
    Column("client_id", Text),
    Column("grant_id", Text),
    Column("source", Text),
    Column("details", Text, nullable=False),
    sqlite_autoincrement=True,
)

"""The first tables: people, clients, resources, grants, refresh families, status lists, keys, attempts, audit.

What each column and index is for stands in `storage/schema.py`. This is history: it is never changed, only followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them; what is pointed at comes first."""
    _create_people_and_programs()
    _create_scopes()
    _create_sessions_and_grants()
    _create_status_lists()
    _create_reach_and_families()
    _create_signing_keys()
    _create_sign_in_attempts()
    _create_audit()


def _create_people_and_programs() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name_key", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("is_admin", sa.Boolean, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "resources",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("audience", sa.Text, nullable=False, unique=True),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, index=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("grant_types", sa.Text, nullable=False),
        sa.Column("secret_digests", sa.LargeBinary, nullable=False),
        sa.Column("default_resource_id", sa.Text, sa.ForeignKey("resources.id")),
        sa.Column("access_seconds", sa.Integer, nullable=False),
        sa.Column("refresh_idle_seconds", sa.Integer, nullable=False),
        sa.Column("refresh_absolute_seconds", sa.Integer, nullable=False),
        sa.Column("reuse_window_seconds", sa.Integer, nullable=False),
        sa.Column("lost_answer_seconds", sa.Integer, nullable=False),
        sa.Column("signing_alg", sa.Text, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _create_scopes() -> None:
    op.create_table(
        "user_scopes",
        sa.Column("user_id", sa.Text, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("resource_id", sa.Text, sa.ForeignKey("resources.id"), primary_key=True),
        sa.Column("scope", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "client_scopes",
        sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("resource_id", sa.Text, sa.ForeignKey("resources.id"), primary_key=True),
        sa.Column("scope", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )


def _create_sessions_and_grants() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("amr", sa.Text, nullable=False),
        sa.Column("signed_in_at_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("user_id", sa.Text, sa.ForeignKey("users.id")),
        sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.id")),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_grants_session_id_ended_at_ms", "grants", ["session_id", "ended_at_ms"])
    op.create_index("ix_grants_user_id_ended_at_ms", "grants", ["user_id", "ended_at_ms"])
    op.create_index("ix_grants_client_id_user_id_ended_at_ms", "grants", ["client_id", "user_id", "ended_at_ms"])


def _create_status_lists() -> None:
    op.create_table(
        "status_lists",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "status_entries",
        sa.Column("list_id", sa.Integer, sa.ForeignKey("status_lists.id"), primary_key=True, autoincrement=False),
        sa.Column("list_index", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("grant_id", sa.Text, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.Column("until_ms", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    given_up = sa.column("until_ms").is_not(None)
    op.create_index(
        "ix_status_entries_revoked",
        "status_entries",
        ["list_id", "revoked", "list_index"],
        sqlite_where=sa.text("revoked = 1"),
        postgresql_where=sa.column("revoked", sa.Boolean),
    )
    op.create_index(
        "ix_status_entries_until_ms", "status_entries", ["until_ms"], sqlite_where=given_up, postgresql_where=given_up
    )


def _create_reach_and_families() -> None:
    op.create_table(
        "grant_audiences",
        sa.Column("grant_id", sa.Text, sa.ForeignKey("grants.id"), primary_key=True),
        sa.Column("resource_id", sa.Text, sa.ForeignKey("resources.id"), primary_key=True),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("list_id", sa.Integer),
        sa.Column("list_index", sa.Integer),
        sa.CheckConstraint("(list_id IS NULL) = (list_index IS NULL)", name="whole_place"),
        sa.ForeignKeyConstraint(["list_id", "list_index"], ["status_entries.list_id", "status_entries.list_index"]),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_grant_audiences_list_id_list_index", "grant_audiences", ["list_id", "list_index"], unique=True)
    op.create_table(
        "refresh_families",
        sa.Column("family", sa.LargeBinary, primary_key=True),
        sa.Column("grant_id", sa.Text, sa.ForeignKey("grants.id"), nullable=False, index=True),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("secret_digest", sa.LargeBinary, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("rotated_at_ms", sa.Text, nullable=False),
        sa.Column("idle_expires_at_ms", sa.BigInteger, nullable=False),
        sa.Column("absolute_expires_at_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger),
        sa.CheckConstraint("idle_expires_at_ms <= absolute_expires_at_ms", name="idle_first"),
        sqlite_with_rowid=False,
    )
    running = sa.column("ended_at_ms").is_(None)
    op.create_index(
        "ix_refresh_families_running",
        "refresh_families",
        ["idle_expires_at_ms"],
        sqlite_where=running,
        postgresql_where=running,
    )


def _create_signing_keys() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.Text, primary_key=True),
        sa.Column("alg", sa.Text, nullable=False),
        sa.Column("public_jwk", sa.Text, nullable=False),
        sa.Column("sealed_private_jwk", sa.LargeBinary, nullable=False),
        sa.Column("published_at_ms", sa.BigInteger, nullable=False),
        sa.Column("active_at_ms", sa.BigInteger, nullable=False),
        sa.Column("retired_at_ms", sa.BigInteger),
        sa.Column("gone_at_ms", sa.BigInteger),
        sa.Column("compromised", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealing_checks",
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


def _create_sign_in_attempts() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("window_started_at_ms", sa.BigInteger, nullable=False),
        sa.Column("locked_until_ms", sa.BigInteger, nullable=False),
        sa.Column("known_until_ms", sa.BigInteger, nullable=False),
        sa.Column("useless_from_ms", sa.BigInteger, nullable=False, index=True),
        sqlite_with_rowid=False,
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(always=True), primary_key=True
        ),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("client_id", sa.Text),
        sa.Column("grant_id", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("details", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )

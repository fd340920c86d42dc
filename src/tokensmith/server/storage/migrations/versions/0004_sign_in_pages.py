"""Signing in through a browser: sessions that a cookie shows, codes, consents, requests that wait.

What each column and index is for stands in `storage/schema.py`. This is history: it is never changed, only followed.
Everything is added, with defaults where a row must have a value, so that a process of version 0003 goes on beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add them."""
    _widen()
    _add_consents()
    _add_pending_requests()
    _add_codes()


def _widen() -> None:
    op.add_column("users", sa.Column("profile", sa.Text, nullable=False, server_default="{}"))
    op.add_column("resources", sa.Column("title", sa.Text))
    op.add_column("resources", sa.Column("texts", sa.Text, nullable=False, server_default="{}"))
    op.add_column("clients", sa.Column("registration", sa.Text, nullable=False, server_default="{}"))
    op.add_column("sessions", sa.Column("secret_digest", sa.LargeBinary))
    op.add_column("sessions", sa.Column("seen_at_ms", sa.BigInteger))
    op.add_column("sessions", sa.Column("expires_at_ms", sa.BigInteger))
    op.create_index("ix_sessions_secret_digest", "sessions", ["secret_digest"], unique=True)
    op.add_column("grants", sa.Column("signed_in_at_ms", sa.BigInteger))
    op.add_column("grants", sa.Column("amr", sa.Text))
    op.add_column("grants", sa.Column("offline", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("grants", sa.Column("expires_at_ms", sa.BigInteger))
    op.create_index(
        "ix_grants_expiring",
        "grants",
        ["expires_at_ms"],
        sqlite_where=sa.text("expires_at_ms IS NOT NULL AND ended_at_ms IS NULL"),
        postgresql_where=sa.text("expires_at_ms IS NOT NULL AND ended_at_ms IS NULL"),
    )


def _add_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("user_id", sa.Text, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("resource_id", sa.Text, sa.ForeignKey("resources.id"), primary_key=True),
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("given_at_ms", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _add_pending_requests() -> None:
    op.create_table(
        "pending_requests",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("resources", sa.Text, nullable=False),
        sa.Column("pushed", sa.Boolean, nullable=False),
        sa.Column("browser_digest", sa.LargeBinary),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger, nullable=False, index=True),
        sqlite_with_rowid=False,
    )


def _add_codes() -> None:
    op.create_table(
        "authorization_codes",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("grant_id", sa.Text, sa.ForeignKey("grants.id"), nullable=False, index=True),
        sa.Column("redirect_uri", sa.Text),
        sa.Column("challenge", sa.Text),
        sa.Column("nonce", sa.Text),
        sa.Column("key_thumbprint", sa.Text),
        sa.Column("resource_id", sa.Text, sa.ForeignKey("resources.id"), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger, nullable=False, index=True),
        sa.Column("consumed_at_ms", sa.BigInteger),
        sqlite_with_rowid=False,
    )

"""Signing keys whose private half is not here, and never was.

SQLite cannot take NOT NULL from a column, so there the table is made anew under its old name. This is history: it is
never changed, only followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Let the column be empty; every key that was there keeps what it has."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("signing_keys", "sealed_private_jwk", nullable=True)
        return
    op.rename_table("signing_keys", "former_signing_keys")
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.Text, primary_key=True),
        sa.Column("alg", sa.Text, nullable=False),
        sa.Column("public_jwk", sa.Text, nullable=False),
        sa.Column("sealed_private_jwk", sa.LargeBinary),
        sa.Column("published_at_ms", sa.BigInteger, nullable=False),
        sa.Column("active_at_ms", sa.BigInteger, nullable=False),
        sa.Column("retired_at_ms", sa.BigInteger),
        sa.Column("gone_at_ms", sa.BigInteger),
        sa.Column("compromised", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO signing_keys SELECT * FROM former_signing_keys")
    op.drop_table("former_signing_keys")

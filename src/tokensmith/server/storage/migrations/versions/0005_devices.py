"""Devices that wait for a person (RFC 8628).

What each column and index is for stands in `storage/schema.py`. This is history: it is never changed, only followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "device_requests",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("user_code", sa.Text, nullable=False, unique=True),
        sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("resources", sa.Text, nullable=False),
        sa.Column("interval_seconds", sa.Integer, nullable=False),
        sa.Column("next_poll_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger, nullable=False, index=True),
        sa.Column("grant_id", sa.Text, sa.ForeignKey("grants.id"), index=True),
        sa.Column("resource_id", sa.Text, sa.ForeignKey("resources.id")),
        sa.Column("denied", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )

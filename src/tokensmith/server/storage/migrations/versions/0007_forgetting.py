"""What finds the rows that are over for long enough to be forgotten.

What each index is for stands in `storage/schema.py`. This is history: it is never changed, only followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add them."""
    op.create_index(
        "ix_grants_ended",
        "grants",
        ["ended_at_ms"],
        sqlite_where=sa.text("ended_at_ms IS NOT NULL"),
        postgresql_where=sa.text("ended_at_ms IS NOT NULL"),
    )
    op.create_index(
        "ix_sessions_expiring",
        "sessions",
        ["expires_at_ms"],
        sqlite_where=sa.text("expires_at_ms IS NOT NULL"),
        postgresql_where=sa.text("expires_at_ms IS NOT NULL"),
    )

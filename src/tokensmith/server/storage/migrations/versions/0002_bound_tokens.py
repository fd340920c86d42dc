"""Tokens bound to a key: which key a refresh family belongs to, and the proofs that were used.

What each column and index is for stands in `storage/schema.py`. This is history: it is never changed, only followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add them; families that were there are bound to no key."""
    op.add_column("refresh_families", sa.Column("key_thumbprint", sa.Text))
    op.create_table(
        "used_proofs",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
        sqlite_with_rowid=False,
    )

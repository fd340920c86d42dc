"""What a change of the sealing key leaves behind: former keys, and which of them chained a family until when.

What each column is for stands in `storage/schema.py`. This is history: it is never changed, only followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add them; families that are there were chained with one key, so theirs stays null."""
    op.create_table(
        "former_sealing_keys",
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("sealed_rotation_key", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("refresh_families", sa.Column("earlier_keys", sa.Text))

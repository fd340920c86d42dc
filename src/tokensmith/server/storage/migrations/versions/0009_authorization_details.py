"""Authorization details: which types a service knows, and which were granted (RFC 9396).

What each column is for stands in `storage/schema.py`. This is history: it is never changed, only followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add them."""
    op.add_column("resources", sa.Column("details", sa.Text, nullable=False, server_default="{}"))
    op.add_column("grant_audiences", sa.Column("details", sa.Text))

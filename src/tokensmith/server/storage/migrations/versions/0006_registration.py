"""Programs that register themselves: which services are open to them.

What each column is for stands in `storage/schema.py`. This is history: it is never changed, only followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add it; none that was there is open."""
    op.add_column("resources", sa.Column("is_open", sa.Boolean, nullable=False, server_default=sa.false()))

"""Signing keys whose private half is with a provider, such as a PKCS#11 token.

This is history: it is never changed, only followed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add what the provider calls them; keys that were there are with none."""
    op.add_column("signing_keys", sa.Column("provider_key_id", sa.Text))

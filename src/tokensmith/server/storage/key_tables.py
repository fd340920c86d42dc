"""The tables of keys: those that sign tokens, and what tells of those that seal them; `schema.py` lists all tables."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, Table, Text

from tokensmith.server.storage.table_names import metadata

signing_keys: Final = Table(
    "signing_keys",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("alg", Text, nullable=False),
    Column("public_jwk", Text, nullable=False),
    # NULL for keys that a provider has, for those that only verify what another server signed, and for those gone.
    Column("sealed_private_jwk", LargeBinary),
    Column("published_at_ms", BigInteger, nullable=False),
    Column("active_at_ms", BigInteger, nullable=False),
    Column("retired_at_ms", BigInteger),
    Column("gone_at_ms", BigInteger),
    Column("compromised", Boolean, nullable=False),
    Column("provider_key_id", Text),
    sqlite_with_rowid=False,
)

# A value sealed with the current key: a wrong key is found at start, not at first use. Whose value is here is current.
sealing_checks: Final = Table(
    "sealing_checks",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Sealing keys that `keys reseal` has dropped: nobody seals with them again. The rotation key that was derived from one
# is kept, sealed with the present one, to prove what it has chained.
former_sealing_keys: Final = Table(
    "former_sealing_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("sealed_rotation_key", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

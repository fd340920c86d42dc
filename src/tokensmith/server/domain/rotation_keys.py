"""The port behind which the keys that chain refresh tokens are kept (decisions 6 and 9).

There is one rotation key for each sealing key, derived from it, under the same id. So a change of the sealing key is
one of the rotation key too; what an earlier one has chained is still proven with it.
"""

from collections.abc import Iterable
from typing import Protocol


class RotationKeys(Protocol):
    """The rotation keys as one process knows them at one moment."""

    @property
    def current_key_id(self) -> str:
        """The id of the key that new tokens are chained with, whatever chained those before them."""

    def rotation_key(self, key_id: str) -> bytes:
        """Return the 32-byte key with this id, current or not.

        Raises:
            SealError: the key is not there (`sealing_key_unknown`).
        """


class RotationKeyRing(Protocol):
    """The rotation keys of a server, which another process may change while this one runs."""

    async def holding(self, key_ids: Iterable[str]) -> RotationKeys:
        """Return the keys of the last seconds; looked up anew where one of *key_ids* was not among them.

        Raises:
            UnavailableError: the database cannot be reached.
        """

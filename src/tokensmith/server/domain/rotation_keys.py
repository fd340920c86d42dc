"""The port behind which the keys that chain refresh tokens are kept (decision 6)."""

from typing import Protocol


class RotationKeys(Protocol):
    """Keys for refresh families; each family keeps the one it was born with."""

    @property
    def current_key_id(self) -> str:
        """The id of the key that new families get."""

    def rotation_key(self, key_id: str) -> bytes:
        """Return the 32-byte key with this id.

        Raises:
            SealError: the key is not there any more.
        """

"""The server as a resource of its own, which has to be there before a client may ask for its scopes."""

from typing import Final

from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.unit_of_work import UnitOfWork

# What it is called until a server starts over this database and says what its issuer is.
UNNAMED: Final = "urn:tokensmith:identity"


async def name_identity(uow: UnitOfWork, issuer: str) -> None:
    """Make it known under the issuer's name, whatever it was called before."""
    wanted = Resource(id=IDENTITY, audience=issuer, scopes=IDENTITY_SCOPES, client_id=None)
    if await uow.resources.find(IDENTITY) != wanted:
        await uow.resources.put(wanted)


async def have_identity(uow: UnitOfWork) -> None:
    """Make it known where it is not, for a command that runs before the first server has."""
    if await uow.resources.find(IDENTITY) is None:
        await name_identity(uow, UNNAMED)

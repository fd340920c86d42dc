"""Grants as they stand, made up for tests of pure rules."""

from tokensmith.server.domain.clients import Client, GrantType, Lifetimes
from tokensmith.server.domain.grants import Grant, GrantedAudience, Standing
from tokensmith.server.domain.ids import ClientId, GrantId, ResourceId, SessionId, UserId
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.users import User

NOTES = ResourceId("notes")
MAIL = ResourceId("mail")


def audience(resource_id: ResourceId = NOTES, *, scopes: str = "read write") -> GrantedAudience:
    resource = Resource(
        id=resource_id, audience=f"https://{resource_id}.example", scopes=frozenset({"read", "write"}), client_id=None
    )
    return GrantedAudience(resource=resource, scopes=frozenset(scopes.split()), place=None)


def standing(
    *audiences: GrantedAudience,
    user_scopes: str | None = "read write",
    client_scopes: str = "read write",
) -> Standing:
    """*user_scopes* None is a client that acts for itself."""
    client = Client(
        id=ClientId("app"),
        name="App",
        grant_types=frozenset({GrantType.REFRESH_TOKEN}),
        secret_digests=(),
        default_resource_id=None,
        lifetimes=Lifetimes(),
        signing_alg="ES256",
        disabled=False,
    )
    is_person = user_scopes is not None
    user = User(id=UserId("u1"), name="ada", password_hash=None, is_admin=False, disabled=False, created_at_ms=0)
    return Standing(
        grant=Grant(
            id=GrantId("g1"),
            client_id=client.id,
            user_id=user.id if is_person else None,
            session_id=SessionId("s1") if is_person else None,
            created_at_ms=0,
            ended_at_ms=None,
        ),
        client=client,
        user=user if is_person else None,
        amr=("pwd",) if is_person else (),
        signed_in_at_ms=5_900 if is_person else None,
        audiences=audiences or (audience(),),
        user_scopes={NOTES: frozenset((user_scopes or "").split())},
        client_scopes={NOTES: frozenset(client_scopes.split())},
        now_ms=10_000,
    )

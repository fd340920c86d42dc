"""An operator's commands about people. Each is one transaction, audited in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clock import to_seconds
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import UserId, random_id
from tokensmith.server.domain.passwords import PasswordHasher, check_new
from tokensmith.server.domain.profiles import changed_profile
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.domain.users import User, name_key
from tokensmith.server.flows.end_sessions import end_everything_of
from tokensmith.server.flows.known_resource import known_resource


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageUsers:
    """The flow."""

    store: Store
    hasher: PasswordHasher

    async def create(self, name: str, *, password: str, is_admin: bool = False) -> User:
        """Make an account.

        Raises:
            InvalidRequestError: the name or the password cannot be one.
            ConflictError: the name is taken (`user_exists`).
        """
        key, password_hash = name_key(name), await self.hasher.hash(check_new(password))
        user_id = UserId(random_id())

        async def unit(uow: UnitOfWork) -> User:
            user = User(
                id=user_id,
                name=name,
                password_hash=password_hash,
                is_admin=is_admin,
                disabled=False,
                created_at_ms=await uow.now_ms(),
            )
            await uow.users.add(user, key=key)
            await _record(uow, AuditName.USER_CREATED, user_id, user=name, admin=str(is_admin).lower())
            return user

        return await self.store.write(unit)

    async def set_password(self, name: str, *, password: str) -> None:
        """Give an account a new password and end everything it holds: whoever knew the old one is out.

        Raises:
            InvalidRequestError: the password cannot be one.
            ConflictError: no such person (`unknown_user`).
        """
        password_hash = await self.hasher.hash(check_new(password))

        async def unit(uow: UnitOfWork) -> None:
            user = await _named(uow, name)
            await uow.users.replace_password_hash(user.id, password_hash=password_hash)
            await end_everything_of(uow, user.id)
            await _record(uow, AuditName.USER_CHANGED, user.id, change="password")

        await self.store.write(unit)

    async def describe(self, name: str, given: Mapping[str, str]) -> None:
        """Set what is known of a person, as clients are told it; see `changed_profile`.

        Raises:
            InvalidRequestError: no such claim, or a value that it cannot have (`bad_profile`).
            ConflictError: no such person (`unknown_user`).
        """

        async def unit(uow: UnitOfWork) -> None:
            user = await _named(uow, name)
            profile = changed_profile(user.profile, given, now=to_seconds(await uow.now_ms()))
            await uow.users.set_profile(user.id, profile)
            # Which claims, and never what they say.
            await _record(uow, AuditName.USER_CHANGED, user.id, change="profile", claims=" ".join(sorted(given)))

        await self.store.write(unit)

    async def set_disabled(self, name: str, *, disabled: bool) -> None:
        """Switch an account off (which ends everything it holds) or on again.

        Raises:
            ConflictError: no such person (`unknown_user`).
        """

        async def unit(uow: UnitOfWork) -> None:
            user = await _named(uow, name)
            await uow.users.set_disabled(user.id, disabled=disabled)
            if disabled:
                await end_everything_of(uow, user.id)
            await _record(uow, AuditName.USER_CHANGED, user.id, change="disabled" if disabled else "enabled")

        await self.store.write(unit)

    async def allow(self, name: str, *, scopes: frozenset[str], audience: str | None = None) -> Resource:
        """Let a person have scopes at a resource; their next sign-in or refresh carries them as far as granted.

        Args:
            audience: The resource; None means the only one that knows all of *scopes*.

        Raises:
            ConflictError: no such person, resource or scope (`unknown_user`, `unknown_resource`, `unknown_scope`), or
                several resources know the scopes (`ambiguous_scope`).
        """

        async def unit(uow: UnitOfWork) -> Resource:
            user, resource = await _named(uow, name), await _resource_with(uow, audience, scopes)
            await uow.users.allow(user.id, resource.id, scopes=scopes)
            details = {"added": " ".join(sorted(scopes)), "at": resource.audience}
            await _record(uow, AuditName.USER_SCOPES_CHANGED, user.id, **details)
            return resource

        return await self.store.write(unit)

    async def forbid(self, name: str, *, scopes: frozenset[str], audience: str | None = None) -> Resource:
        """Take scopes away; running tokens for the resource end within the guards' bound, the next has fewer scopes.

        Arguments and errors are those of `allow`.
        """

        async def unit(uow: UnitOfWork) -> Resource:
            user, resource = await _named(uow, name), await _resource_with(uow, audience, scopes)
            await uow.users.forbid(user.id, resource.id, scopes=scopes)
            await uow.grants.expire_tokens_of_user(user.id, resource_id=resource.id)
            details = {"removed": " ".join(sorted(scopes)), "at": resource.audience}
            await _record(uow, AuditName.USER_SCOPES_CHANGED, user.id, **details)
            return resource

        return await self.store.write(unit)


async def _named(uow: UnitOfWork, name: str) -> User:
    user = await uow.users.find_by_name_key(name_key(name))
    if user is None:
        raise ConflictError(f"There is no user {name!r}.", code="unknown_user")
    return user


async def _resource_with(uow: UnitOfWork, audience: str | None, scopes: frozenset[str]) -> Resource:
    if audience is None:
        return _only_one_that_knows(scopes, await uow.resources.all())
    return await known_resource(uow, audience, scopes=scopes)


def _only_one_that_knows(scopes: frozenset[str], resources: tuple[Resource, ...]) -> Resource:
    found = [resource for resource in resources if scopes <= resource.scopes]
    if not found:
        raise ConflictError(f"No resource knows {' '.join(sorted(scopes))!r}.", code="unknown_scope")
    if len(found) > 1:
        several = ", ".join(resource.audience for resource in found)
        raise ConflictError(f"Several resources know that; name one of {several}.", code="ambiguous_scope")
    return found[0]


async def _record(uow: UnitOfWork, event: AuditName, user_id: UserId, **details: str) -> None:
    await uow.audit.record(AuditEvent(name=event, user_id=user_id, details=details))

"""The steps from what is stored to what a file says."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.differences import Difference
from tokensmith.server.domain.ids import ClientId, ResourceId
from tokensmith.server.domain.registrations import AuthMethod
from tokensmith.server.domain.resources import Resource

Scopes = Mapping[ResourceId, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceStep:
    """A resource as it is, None for a new one, and as it is to be; without a *difference* there is nothing to do."""

    before: Resource | None
    after: Resource
    difference: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientStep:
    """A client and what it may ask for, as they are, and as they are to be.

    *narrowed_at* are the resources at which tokens that are out may do more than it may from now on.
    """

    before: Client | None
    after: Client
    scopes_before: Scopes
    scopes_after: Scopes
    narrowed_at: frozenset[ResourceId]
    difference: Difference | None

    @property
    def has_secret(self) -> bool:
        """Whether it is to prove itself by one."""
        return self.after.auth_method is AuthMethod.SECRET

    @property
    def needs_secret(self) -> bool:
        """Whether it has to be given one."""
        return self.has_secret and not (self.before and self.before.secret_digests)

    @property
    def gained(self) -> Scopes:
        """What it may ask for from now on."""
        return _without(self.scopes_after, self.scopes_before)

    @property
    def lost(self) -> Scopes:
        """What it may not ask for any more."""
        return _without(self.scopes_before, self.scopes_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps, and what a person should know of what is left alone.

    Attributes:
        not_in_file: Headings of tables that would describe what the file does not name.
        left_off: Headings of clients that are switched off, of which the file does not say whether they are.
    """

    resources: tuple[ResourceStep, ...]
    clients: tuple[ClientStep, ...]
    not_in_file: tuple[str, ...]
    left_off: tuple[str, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is to change, table by table."""
        steps: tuple[ResourceStep | ClientStep, ...] = (*self.resources, *self.clients)
        return tuple(step.difference for step in steps if step.difference is not None)

    @property
    def new_secrets(self) -> tuple[ClientId, ...]:
        """The clients that have to be given a secret."""
        return tuple(step.after.id for step in self.clients if step.difference is not None and step.needs_secret)


def _without(these: Scopes, those: Scopes) -> Scopes:
    left = {resource_id: scopes - those.get(resource_id, frozenset()) for resource_id, scopes in these.items()}
    return {resource_id: scopes for resource_id, scopes in left.items() if scopes}

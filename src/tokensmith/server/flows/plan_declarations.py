"""Compares what is stored with what a file says; everything that can be refused is refused here, before any change.

What the file does not name is left alone. A client that registered itself, or that is its own document, is nobody's to
write down.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from tokensmith.jose.strict_json import JsonValue
from tokensmith.server.domain.client_tables import NO_CLIENT, DeclaredClient, told_client
from tokensmith.server.domain.clients import OF_PEOPLE, Client
from tokensmith.server.domain.declarations import (
    CLIENTS,
    RESOURCES,
    Declarations,
    DeclaredResource,
    dotted,
    table_name,
    told_resource,
    within,
)
from tokensmith.server.domain.differences import difference
from tokensmith.server.domain.errors import DeclarationError
from tokensmith.server.domain.identity import IDENTITY, IDENTITY_SCOPES
from tokensmith.server.domain.ids import ClientId, ResourceId, random_id
from tokensmith.server.domain.registrations import AuthMethod
from tokensmith.server.domain.resources import Resource
from tokensmith.server.domain.unit_of_work import UnitOfWork
from tokensmith.server.flows.declaration_plan import ClientStep, Plan, ResourceStep, Scopes
from tokensmith.server.flows.manage_clients import NewClient, check_new_client
from tokensmith.server.flows.trust_issuer import check_assertion_issuer

# What signing people in brings along; it stands in no file.
_OF_IDENTITY: Final = "identity scopes"
_NO_RESOURCE: Final = Resource(id=ResourceId(""), audience="", scopes=frozenset(), client_id=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What there is, and the resources as they will be, by audience."""

    clients: Mapping[ClientId, Client]
    held: Mapping[str, Resource]
    known: Mapping[str, Resource]


async def plan_declarations(uow: UnitOfWork, declared: Declarations) -> Plan:
    """Find the steps from what is stored to what a file says.

    Raises:
        DeclarationError: it does not fit what is stored (`declaration_conflict`), or says what cannot be.
    """
    held = {resource.audience: resource for resource in await uow.resources.all()}
    resources = tuple(_resource_step(one, held.get(one.audience)) for one in declared.resources)
    stored = _Stored(
        clients={client.id: client for client in await uow.clients.all()},
        held=held,
        known=held | {step.after.audience: step.after for step in resources},
    )
    clients = tuple([await _client_step(uow, one, stored) for one in declared.clients])
    ours = {step.after.id for step in clients}
    for step in resources:
        with within(table_name(RESOURCES, step.after.audience)):
            _check_owner(step.after.client_id, ours | stored.clients.keys())
            _check_details(step.after, stored.known.values())
            _check_lost_details(step, [stored.clients[one] for one in sorted(stored.clients.keys() - ours)])
            await _check_lost_scopes(uow, step, others=stored.clients.keys() - ours)
    return Plan(
        resources=resources,
        clients=clients,
        not_in_file=_not_in_file(resources, clients, stored),
        left_off=_left_off(declared.clients, clients),
    )


def _resource_step(declared: DeclaredResource, before: Resource | None) -> ResourceStep:
    table = table_name(RESOURCES, declared.audience)
    if before is not None and before.id == IDENTITY:
        raise _conflict(f"{table} is the server itself, which knows its scopes.")
    after = Resource(
        id=ResourceId(random_id()) if before is None else before.id,
        audience=declared.audience,
        scopes=declared.scopes,
        client_id=declared.client_id,
        title=declared.title,
        texts=declared.texts,
        is_open=declared.is_open,
        details=declared.details,
    )
    told = told_resource(before or _NO_RESOURCE)
    return ResourceStep(
        before=before,
        after=after,
        difference=difference(table, told, told_resource(after), is_new=before is None),
    )


async def _client_step(uow: UnitOfWork, declared: DeclaredClient, stored: _Stored) -> ClientStep:
    table, before = table_name(CLIENTS, declared.client.id), stored.clients.get(declared.client.id)
    with within(table):
        check_new_client(_as_new(declared.client))
        for issuer in declared.client.registration.assertion_issuers:
            check_assertion_issuer(issuer)
        if before is not None and not before.registration.is_vouched_for:
            raise _conflict("has registered itself or is its own document, and is not the file's.")
        scopes_after = _wanted_scopes(declared, stored.known)
        _check_detail_types(declared.client.registration.detail_types, stored.known.values())
    scopes_before = {} if before is None else await uow.clients.scopes(before.id)
    after = _after(declared, before, stored)
    names = {resource.id: audience for audience, resource in stored.known.items()}
    held = bool(before and before.secret_digests)
    told_before = _told(before or NO_CLIENT, scopes_before, names, has_secret=held)
    told_after = _told(after, scopes_after, names, has_secret=after.auth_method is AuthMethod.SECRET)
    return ClientStep(
        before=before,
        after=after,
        scopes_before=scopes_before,
        scopes_after=scopes_after,
        narrowed_at=_narrowed_at(before, after, scopes_before, scopes_after, stored.held.values()),
        difference=difference(table, told_before, told_after, is_new=before is None),
    )


def _after(declared: DeclaredClient, before: Client | None, stored: _Stored) -> Client:
    # Whoever was switched off at a terminal, in an emergency, must not be on again after the next deployment.
    stays_off = before is not None and before.disabled
    default = declared.default_audience
    # A picture is given by a command of its own.
    logo = None if before is None else before.registration.logo
    return replace(
        declared.client,
        registration=msgspec.structs.replace(declared.client.registration, logo=logo),
        secret_digests=() if before is None else before.secret_digests,
        default_resource_id=None if default is None else stored.known[default].id,
        disabled=stays_off if declared.disabled is None else declared.disabled,
    )


def _narrowed_at(
    before: Client | None, after: Client, scopes_before: Scopes, scopes_after: Scopes, held: Iterable[Resource]
) -> frozenset[ResourceId]:
    if before is None:
        return frozenset()
    types, scopes = set(before.registration.detail_types), dict(scopes_before)
    # A grant type that is lost takes everything along that may have come by it.
    if before.grant_types <= after.grant_types:
        types -= set(after.registration.detail_types)
        scopes = {at: names for at, names in scopes.items() if names - scopes_after.get(at, frozenset())}
    return frozenset(scopes) | {resource.id for resource in held if types & resource.details.keys()}


def _as_new(client: Client) -> NewClient:
    return NewClient(
        id=client.id,
        name=client.name,
        grant_types=client.grant_types,
        confidential=not client.is_public,
        audiences={},
        lifetimes=client.lifetimes,
        signing_alg=client.signing_alg,
        registration=client.registration,
    )


def _wanted_scopes(declared: DeclaredClient, known: Mapping[str, Resource]) -> Scopes:
    wanted = {}
    for audience, scopes in declared.scopes.items():
        member, resource = dotted("scopes", audience), known.get(audience)
        if resource is None:
            raise _conflict(f"{member}: there is no such resource, here or in the database.")
        if resource.id == IDENTITY:
            raise _conflict(f"{member}: who signs people in may ask who they are, and it is said nowhere.")
        if unknown := sorted(scopes - resource.scopes):
            raise _conflict(f"{member}: it knows no scope {' '.join(unknown)!r}.")
        wanted[resource.id] = scopes
    if declared.client.grant_types & OF_PEOPLE:
        wanted[IDENTITY] = IDENTITY_SCOPES
    return {resource_id: scopes for resource_id, scopes in wanted.items() if scopes}


def _told(client: Client, scopes: Scopes, names: Mapping[ResourceId, str], *, has_secret: bool) -> dict[str, JsonValue]:
    told = told_client(client)
    default = client.default_resource_id
    told |= {"secret": has_secret, "default_resource": None if default is None else names.get(default)}
    members = {
        _OF_IDENTITY if resource_id == IDENTITY else dotted("scopes", names.get(resource_id, resource_id)): sorted(held)
        for resource_id, held in scopes.items()
    }
    return told | dict(sorted(members.items()))


def _check_owner(client_id: ClientId | None, clients: Iterable[ClientId]) -> None:
    if client_id is not None and client_id not in clients:
        raise _conflict(f"client: there is no client {client_id!r}, here or in the database.")


def _check_details(resource: Resource, known: Iterable[Resource]) -> None:
    # RFC 9396 §2.1: whoever asks for a type has to mean the same.
    for name in resource.details:
        if others := [one.audience for one in known if name in one.details and one.id != resource.id]:
            raise _conflict(f"{dotted('details', name)}: is a type of {others[0]}.")


def _check_lost_details(step: ResourceStep, others: Iterable[Client]) -> None:
    lost = set() if step.before is None else step.before.details.keys() - step.after.details.keys()
    for name in sorted(lost):
        if users := [client.id for client in others if name in client.registration.detail_types]:
            text = f"{dotted('details', name)}: clients that may ask for it: {len(users)}; take it from them."
            raise DeclarationError(text, code="declaration_conflict", detail=" ".join(users))


def _check_detail_types(names: Iterable[str], known: Iterable[Resource]) -> None:
    if unknown := sorted(set(names) - {name for resource in known for name in resource.details}):
        raise _conflict(f"authorization_details_types: no resource knows {unknown[0]!r}.")


async def _check_lost_scopes(uow: UnitOfWork, step: ResourceStep, *, others: Iterable[ClientId]) -> None:
    # Or a scope that is misspelt in the file would be taken from everybody, and who had it is known to nobody any more.
    lost = frozenset() if step.before is None else step.before.scopes - step.after.scopes
    for scope in sorted(lost):
        people = await uow.users.how_many_have(step.after.id, scope)
        clients = [one for one in sorted(others) if scope in (await uow.clients.scopes(one)).get(step.after.id, ())]
        if people or clients:
            text = (
                f"{dotted('scopes', scope)}: people who have it: {people}, clients: {len(clients)}; take it from them."
            )
            raise DeclarationError(text, code="declaration_conflict", detail=" ".join(clients))


def _not_in_file(resources: Iterable[ResourceStep], clients: Iterable[ClientStep], stored: _Stored) -> tuple[str, ...]:
    audiences = {step.after.audience for step in resources}
    other = [one for one in stored.held.values() if one.audience not in audiences and one.id != IDENTITY]
    return (
        *(table_name(RESOURCES, one.audience) for one in other),
        *(table_name(CLIENTS, one) for one in sorted(stored.clients.keys() - {step.after.id for step in clients})),
    )


def _left_off(declared: Iterable[DeclaredClient], clients: Iterable[ClientStep]) -> tuple[str, ...]:
    pairs = zip(declared, clients, strict=True)
    return tuple(table_name(CLIENTS, step.after.id) for one, step in pairs if step.after.disabled and not one.disabled)


def _conflict(text: str) -> DeclarationError:
    return DeclarationError(text, code="declaration_conflict")

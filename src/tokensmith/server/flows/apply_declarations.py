"""Makes what is stored what a file says: what was shown, all of it or nothing, in one transaction, audited in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokensmith.server.domain.audit import AuditEvent, AuditName
from tokensmith.server.domain.clients import OF_PEOPLE, Client
from tokensmith.server.domain.declarations import Declarations
from tokensmith.server.domain.differences import Difference
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ClientId, ResourceId
from tokensmith.server.domain.stored_secrets import digest
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.declaration_plan import ClientStep, Plan, ResourceStep
from tokensmith.server.flows.identity_resource import have_identity
from tokensmith.server.flows.plan_declarations import plan_declarations


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyDeclarations:
    """The flow."""

    store: Store

    async def plan(self, declared: Declarations) -> Plan:
        """Find what has to be done, and do nothing.

        Raises:
            DeclarationError: see `plan_declarations`.
            UnavailableError: the database cannot be reached.
        """
        return await self.store.read(lambda uow: plan_declarations(uow, declared))

    async def run(self, declared: Declarations, *, shown: Plan, secrets: Mapping[ClientId, str]) -> None:
        """Do what was shown.

        Args:
            shown: What `plan` found.
            secrets: A new one for each of its `new_secrets`; only their digests are stored.

        Raises:
            DeclarationError: as for `plan`.
            ConflictError: something else is to be done by now than what was shown (`stored_changed`).
            UnavailableError: the database cannot be reached.
        """

        async def unit(uow: UnitOfWork) -> None:
            # In one order, so that two of these never wait for each other.
            for client_id in sorted(one.client.id for one in declared.clients):
                await uow.clients.hold(client_id)
            plan = await plan_declarations(uow, declared)
            # Nothing left: another deployment of the same file was first. Secrets it has made, and ours are none.
            if not plan.differences and not secrets:
                return
            if plan.differences != shown.differences:
                text = "What is stored has changed since it was compared; nothing was done. Run it again."
                raise ConflictError(text, code="stored_changed")
            await _do(uow, plan, secrets)

        await self.store.write(unit)


async def _do(uow: UnitOfWork, plan: Plan, secrets: Mapping[ClientId, str]) -> None:
    for resource_step in plan.resources:
        if resource_step.difference is not None:
            await _put_resource(uow, resource_step)
    if any(step.after.grant_types & OF_PEOPLE for step in plan.clients):
        await have_identity(uow)
    for step in plan.clients:
        if step.difference is None:
            continue
        if step.before is None:
            await _add_client(uow, step)
        else:
            await _change_client(uow, step, step.before, step.difference)
        await _set_secret(uow, step, secrets)


async def _put_resource(uow: UnitOfWork, step: ResourceStep) -> None:
    details = {"audience": step.after.audience, "scopes": " ".join(sorted(step.after.scopes)), "by": "file"}
    if step.before is None:
        await uow.resources.add(step.after)
        await uow.audit.record(AuditEvent(name=AuditName.RESOURCE_CREATED, details=details))
        return
    await uow.resources.put(step.after)
    await uow.audit.record(AuditEvent(name=AuditName.RESOURCE_CHANGED, details=details))


async def _add_client(uow: UnitOfWork, step: ClientStep) -> None:
    await uow.clients.add(step.after, created_at_ms=await uow.now_ms())
    for resource_id, scopes in step.gained.items():
        await uow.clients.allow(step.after.id, resource_id, scopes=scopes)
    event = AuditEvent(name=AuditName.CLIENT_CREATED, client_id=step.after.id, details={"by": "file"})
    await uow.audit.record(event)


async def _change_client(uow: UnitOfWork, step: ClientStep, before: Client, found: Difference) -> None:
    after = step.after
    await uow.clients.update(after)
    await _record(uow, after.id, changed=" ".join(one.member for one in found.members))
    for resource_id, scopes in step.gained.items():
        await uow.clients.allow(after.id, resource_id, scopes=scopes)
        await _record_scopes(uow, after.id, resource_id, "added", scopes)
    for resource_id, scopes in step.lost.items():
        await uow.clients.forbid(after.id, resource_id, scopes=scopes)
        await _record_scopes(uow, after.id, resource_id, "removed", scopes)
    # What may not be had any more does not go on in tokens that are out; the next has what is left (decision 7).
    for resource_id in sorted(step.narrowed_at):
        await uow.grants.expire_tokens_of_client(after.id, resource_id=resource_id)
    if after.disabled != before.disabled:
        if after.disabled:
            await uow.grants.end_of_client(after.id)
        await _record(uow, after.id, change="disabled" if after.disabled else "enabled")


async def _set_secret(uow: UnitOfWork, step: ClientStep, secrets: Mapping[ClientId, str]) -> None:
    if step.needs_secret:
        await uow.clients.replace_secrets(step.after.id, (digest(secrets[step.after.id]),))
    elif not step.has_secret and step.after.secret_digests:
        # It proves itself otherwise from now on; a secret that is not asked for must not lie about.
        await uow.clients.replace_secrets(step.after.id, ())


async def _record_scopes(
    uow: UnitOfWork, client_id: ClientId, resource_id: ResourceId, what: str, scopes: frozenset[str]
) -> None:
    resource = await uow.resources.find(resource_id)
    at = resource_id if resource is None else resource.audience
    await _record(uow, client_id, **{what: " ".join(sorted(scopes)), "at": at})


async def _record(uow: UnitOfWork, client_id: ClientId, **details: str) -> None:
    event = AuditEvent(name=AuditName.CLIENT_CHANGED, client_id=client_id, details={**details, "by": "file"})
    await uow.audit.record(event)

"""An operator with a file, over any store."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tests.server.fakes import InMemoryStore
from tokensmith.server.domain.declarations import Declarations, read_declarations
from tokensmith.server.domain.unit_of_work import Store
from tokensmith.server.flows.apply_declarations import ApplyDeclarations
from tokensmith.server.flows.declaration_plan import Plan

Tables = Mapping[str, Mapping[str, Any]]


def declared(*, resources: Tables | None = None, clients: Tables | None = None) -> Declarations:
    """Read what a file with these tables says."""
    return read_declarations({"resources": resources or {}, "clients": clients or {}})


@dataclass(frozen=True)
class Applied:
    """What was shown and then done, and the secrets that were made."""

    plan: Plan
    secrets: dict[str, str]

    @property
    def tables(self) -> list[str]:
        """The tables that differed."""
        return [one.table for one in self.plan.differences]

    @property
    def members(self) -> dict[str, tuple[object, object]]:
        """Which members of the one table that differed went from what to what."""
        (difference,) = self.plan.differences
        return {one.member: (one.before, one.after) for one in difference.members}


async def plan_of(store: Store, **tables: Tables) -> Plan:
    """Compare a file with what is stored."""
    return await ApplyDeclarations(store=store).plan(declared(**tables))


async def apply(store: Store, **tables: Tables) -> Applied:
    """Apply a file, as the command does."""
    flow, file = ApplyDeclarations(store=store), declared(**tables)
    plan = await flow.plan(file)
    made = {client_id: f"tsc_{secrets.token_hex(8)}" for client_id in plan.new_secrets}
    await flow.run(file, shown=plan, secrets=made)
    return Applied(plan, dict(made))


def everything(store: InMemoryStore) -> dict[str, Any]:
    """What the store knows, but for what was audited."""
    state = store._state
    return {name: asdict(state)[name] for name in ("resources", "clients", "client_scopes", "grants", "bits")}

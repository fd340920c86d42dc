"""Why is this token refused? The steps of `verify`, one by one, for the eyes of developers.

It says what a refusal must not tell a caller: what the token claims, and everything that is wrong with it. So it
belongs in a console or a test, never in an answer.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tokensmith.guard.access_token import principal_from
from tokensmith.guard.credentials import find_token
from tokensmith.guard.deny_list import check_revoked
from tokensmith.guard.errors import GuardError
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.need import Need
from tokensmith.guard.verify import ServiceRules, Trust, TrustedIssuers
from tokensmith.jose import JoseError
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound.outside import Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was checked.

    Attributes:
        name: What.
        found: What was found, where it is good; nothing for a step that failed.
        problems: Everything that is wrong: code, message and private detail.
    """

    name: str
    found: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The steps in their order; the last one failed, unless the request is let in."""

    steps: tuple[Step, ...]

    @property
    def is_let_in(self) -> bool:
        """Whether nothing was wrong."""
        return not self.steps[-1].problems

    def __str__(self) -> str:
        lines = []
        for step in self.steps:
            lines.append(f"{'no' if step.problems else 'ok':<4}{step.name}{': ' if step.found else ''}{step.found}")
            lines += [f"      {problem}" for problem in step.problems]
        return "\n".join([*lines, "let in" if self.is_let_in else "refused"])


class _RefusedError(Exception):
    """A step failed; the steps say why."""


class _Report:
    def __init__(self) -> None:
        self.steps: list[Step] = []

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[str], None]]:
        """Note one step: what is found is said to the function given; an error ends the walk."""
        found: list[str] = []
        try:
            yield found.append
        except (GuardError, JoseError) as error:
            raise self.refuse(name, error) from None
        self.steps.append(Step(name=name, found=" ".join(found)))

    def refuse(self, name: str, *errors: GuardError | JoseError) -> _RefusedError:
        problems = tuple(f"{error.code}: {error} {error.detail}".rstrip() for error in errors)
        self.steps.append(Step(name=name, problems=problems))
        return _RefusedError()


async def explain(
    facts: RequestFacts, need: Need, trusted: TrustedIssuers, outside: Outside, *, rules: ServiceRules
) -> Explanation:
    """Check a request as `verify` does, and say what became of each step; raises nothing that is about the request."""
    report = _Report()
    with suppress(_RefusedError):
        with report.step("exactly one token") as say:
            presented = find_token(facts, takes_proofs=rules.sender.takes_proofs, source=rules.source)
            say(f"{presented.scheme}, {len(presented.token)} characters")
        claims, trust, kid = await _read(report, presented.token, trusted, outside)
        with report.step("sent in the way of its kind") as say:
            binding = rules.sender.binding_of(claims, presented)
            principal = principal_from(claims, binding=binding)
            say("a bearer token" if binding is None else f"bound by {binding.method}")
        if trust is not None:
            with report.step("not revoked by its issuer"):
                await trust.status_lists.check(claims, kid=kid, outside=outside)
        if rules.revoked is not None:
            with report.step("not denied by the service"):
                await check_revoked(rules.revoked, principal)
        if binding is not None:
            with report.step("its sender holds what it is bound to"):
                await rules.sender.prove(binding, presented, facts)
        with report.step("what the route needs") as say:
            need.check(principal, now=outside.now())
            say(f"scopes: {' '.join(sorted(principal.scopes)) or 'none'}")
    return Explanation(steps=tuple(report.steps))


async def _read(
    report: _Report, token: str, trusted: TrustedIssuers, outside: Outside
) -> tuple[Mapping[str, JsonValue], Trust | None, str | None]:
    introspector = trusted.introspector_of(token)
    if introspector is not None:
        with report.step("active, as its issuer says, and good here and now") as say:
            claims = await introspector.claims_of(token, outside)
            say(f"for {claims['sub']}")
        return claims, None, None
    with report.step("from an issuer that is trusted, by an algorithm of its own") as say:
        trust, header = trusted.choose(token)
        say(f"{trust.issuer.url}, {header.get('alg')}")
    with report.step("signed by a key of that issuer, and everything it says holds") as say:
        key = await trust.keys.find(header, outside)
        say(f"key {key.kid}")
        if problems := trust.verifier.problems(token, key=key):
            raise report.refuse("signed by a key of that issuer, and everything it says holds", *problems)
        verified = trust.verifier.verify(token, key=key)
        say(f"for {verified.claims.subject}")
    return verified.claims, trust, key.kid

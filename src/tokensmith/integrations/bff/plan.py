"""What the back end for front ends answers: sign in, come back, who is there, sign out (RFC 10017 §6.1.2.1).

Everything that uses the session's tokens, or ends it, has to come from a page of ours (§6.1.3.3): browsers say so by
themselves, and a header that a script has to write does where they do not.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from tokensmith.client import ClientError, ServerUnavailableError, SignedIn, SignIn, SignInAgainError, TokenAnswer
from tokensmith.guard import RequestFacts
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.bff.browser import local_path, page, query_of
from tokensmith.integrations.bff.cookies import SESSION_COOKIE, find_cookie, set_cookie, sign_in_cookie
from tokensmith.integrations.bff.doors import World
from tokensmith.integrations.bff.keeper import Keeper
from tokensmith.integrations.bff.refusals import BffError, json_answer, not_signed_in
from tokensmith.integrations.bff.sealing import Sealer
from tokensmith.integrations.bff.sessions import Session
from tokensmith.outbound.target import parse_target

PREFIX: Final = "/bff"
LOGIN, CALLBACK, SESSION, LOGOUT = (f"{PREFIX}/{name}" for name in ("login", "callback", "session", "logout"))
PAGE_HEADER: Final = b"x-tokensmith-bff"
SIGN_IN_SECONDS: Final = 600
_logger: Final = logging.getLogger("tokensmith.bff")

_Serve = Callable[[RequestFacts, World], Awaitable[Answer]]


class Plan:
    """The plan of one front end.

    Args:
        public_url: Where browsers reach it.
        secrets: As of `Sealer`.
        scope: What is asked for.
        resource: The service that its tokens are for.
        keeper: Keeps sessions.
        lifetime: Seconds after which people sign in again.

    Raises:
        ValueError: *public_url* is no https URL nor one of this machine, or has a path.
    """

    def __init__(
        self,
        *,
        public_url: str,
        secrets: Sequence[bytes],
        scope: str,
        resource: str | None,
        keeper: Keeper,
        lifetime: float,
    ) -> None:
        target = parse_target(public_url)
        if target.path != "/" or not (target.scheme == "https" or target.is_loopback):
            raise ValueError("public_url is an https origin, such as https://app.example; __Host- cookies need one")
        self._origin = target.origin
        self._scope = scope
        self._resource = resource
        self._keeper = keeper
        self._lifetime = lifetime
        self._sign_ins = Sealer(secrets, purpose="sign-in")
        self._numbers = Sealer(secrets, purpose="session cookie")
        self._served: Mapping[str, tuple[str, _Serve]] = {
            LOGIN: ("GET", self._login),
            CALLBACK: ("GET", self._callback),
            SESSION: ("GET", self._session),
            LOGOUT: ("POST", self._logout),
        }

    async def handle(self, facts: RequestFacts, world: World) -> Answer | None:
        """Answer a request for one of the four paths; None for any other."""
        served = self._served.get(facts.path)
        if served is None:
            return None
        method, serve = served
        try:
            if facts.method != method:
                return json_answer(405, {"error": "method_not_allowed"}, (("allow", method),))
            return await serve(facts, world)
        except BffError as error:
            return error.answer
        except ServerUnavailableError as error:
            return _unavailable(error).answer
        except ClientError as error:
            return _broken(error).answer

    async def session(self, facts: RequestFacts) -> Session | None:
        """Return who is there, for a page that is made here; their token may be over.

        Raises:
            BffError: The store cannot be reached.
        """
        number = self._number(facts)
        try:
            return None if number is None else await self._keeper.find(number)
        except ServerUnavailableError as error:
            raise _unavailable(error) from error

    async def token(self, facts: RequestFacts, world: World) -> TokenAnswer:
        """Return a token that is good now, to call a service in the name of whoever is there.

        Raises:
            BffError: Nobody is ("not_signed_in"); no page of ours asks ("cross_site_request"); or none can be had.
        """
        self._check_meant(facts)
        number = self._number(facts)
        try:
            session = None if number is None else await self._keeper.current(number, world)
        except ServerUnavailableError as error:
            raise _unavailable(error) from error
        except ClientError as error:
            raise _broken(error) from error
        if session is None:
            raise not_signed_in()
        return session.answer

    async def _login(self, facts: RequestFacts, world: World) -> Answer:
        return_to = local_path(query_of(facts).get("return_to", "/"))
        started, url = await world.start_sign_in(
            redirect_uri=self._origin + CALLBACK, scope=self._scope, resource=self._resource
        )
        sealed = self._sign_ins.seal(
            {
                "state": started.state,
                "verifier": started.verifier,
                "nonce": started.nonce,
                "return_to": return_to,
                "until": self._keeper.now() + SIGN_IN_SECONDS,
            }
        )
        # Lax: the browser comes back from another site with it.
        cookie = set_cookie(sign_in_cookie(started.state), sealed, seconds=SIGN_IN_SECONDS, same_site="Lax")
        headers = (("location", url), ("cache-control", "no-store"), cookie)
        return Answer(status=303, headers=headers, body=b"")

    async def _callback(self, facts: RequestFacts, world: World) -> Answer:
        parameters = query_of(facts)
        name = sign_in_cookie(parameters.get("state", ""))
        sealed = find_cookie(facts, name)
        kept = None if sealed is None else self._sign_ins.open(sealed)
        if kept is None or not self._keeper.now() < float(str(kept["until"])):
            # Another browser's sign-in, or one that lay about: nobody is signed in as somebody else by a link.
            return page(400, "This sign-in has ended. Please begin again.", "/")
        started = SignIn(
            state=str(kept["state"]),
            verifier=str(kept["verifier"]),
            nonce=str(kept["nonce"]),
            redirect_uri=self._origin + CALLBACK,
            scope=self._scope,
        )
        taken_away = set_cookie(name, "", seconds=0, same_site="Lax")
        return_to = str(kept["return_to"])
        asked_at = self._keeper.now()
        try:
            signed_in = await world.finish_sign_in(started, parameters)
        except SignInAgainError as error:
            _logger.info("a sign-in failed: %s %r", error.code, error.detail)
            return page(400, "You were not signed in.", return_to, taken_away)
        cookie = await self._begin(signed_in, facts, now=asked_at)
        # A page, not a redirect: what it leads to is asked for by a page of ours, so that the cookie goes with it.
        return page(200, "You are signed in.", return_to, taken_away, cookie, refresh=True)

    async def _begin(self, signed_in: SignedIn, facts: RequestFacts, *, now: float) -> tuple[str, str]:
        former = self._number(facts)
        if former is not None:
            await self._keeper.end(former)
        claims = {} if signed_in.claims is None else signed_in.claims.to_dict()
        session = Session.begun(signed_in.answer, now=now, ends_at=now + self._lifetime, claims=claims)
        sealed = self._numbers.seal({"number": await self._keeper.begin(session)})
        return set_cookie(SESSION_COOKIE, sealed, seconds=int(self._lifetime), same_site="Strict")

    async def _session(self, facts: RequestFacts, _: World) -> Answer:
        session = await self.session(facts)
        if session is None:
            return json_answer(200, {"signed_in": False})
        left = max(0, int(session.ends_at - self._keeper.now()))
        return json_answer(200, {"signed_in": True, "claims": dict(session.claims), "ends_in": left})

    async def _logout(self, facts: RequestFacts, world: World) -> Answer:
        self._check_meant(facts)
        number = self._number(facts)
        session = None if number is None else await self._keeper.find(number)
        url: str | None = None
        if number is not None and session is not None:
            # Here first: whatever the server says, this browser is signed out.
            await self._keeper.end(number)
            url = await self._end_at_server(session, world)
        taken_away = set_cookie(SESSION_COOKIE, "", seconds=0, same_site="Strict")
        return json_answer(200, {"end_session_url": url}, (taken_away,))

    async def _end_at_server(self, session: Session, world: World) -> str | None:
        try:
            if session.answer.refresh_token is not None:
                await world.revoke(session.answer.refresh_token)
            return await world.end_session_url(id_token=session.answer.id_token, return_to=f"{self._origin}/")
        except ClientError as error:
            _logger.warning("a sign-out was not told to the server: %s (%s) %r", error.code, error, error.detail)
            return None

    def _number(self, facts: RequestFacts) -> str | None:
        sealed = find_cookie(facts, SESSION_COOKIE)
        members = None if sealed is None else self._numbers.open(sealed)
        return None if members is None else str(members["number"])

    def _check_meant(self, facts: RequestFacts) -> None:
        sites, origins = facts.values(b"sec-fetch-site"), facts.values(b"origin")
        is_ours = sites == [b"same-origin"] if sites else origins == [self._origin.encode()]
        # A header of no standard: another site's script would have to ask first, and nobody here says yes.
        if not is_ours and (sites or origins or not facts.values(PAGE_HEADER)):
            raise BffError(403, code="cross_site_request", detail=f"site {sites!r:.64} origin {origins!r:.128}")


def _unavailable(error: ServerUnavailableError) -> BffError:
    _logger.warning("not served: %s (%s) %r", error.code, error, error.detail)
    return BffError(503, code=error.code, detail=error.detail, retry_after=error.retry_after)


def _broken(error: ClientError) -> BffError:
    # Nobody who signs in can mend it: the settings here or there are wrong.
    _logger.error("not served: %s (%s) %r", error.code, error, error.detail)
    return BffError(502, code=error.code, detail=error.detail)

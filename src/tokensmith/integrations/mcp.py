"""Model Context Protocol: the guard as the `TokenVerifier` of the MCP SDK.

    server = MCPServer(
        "notes",
        token_verifier=mcp_verifier(guard, resource="https://mcp.example/mcp"),
        auth=AuthSettings(
            issuer_url="https://id.example",
            resource_server_url="https://mcp.example/mcp",
            validate_token_resource=True,
            required_scopes=["notes:read"],
        ),
    )

The SDK speaks HTTP itself: its challenges, its metadata document (RFC 9728), and a 500 where the guard cannot find out.
It takes bearer tokens only; one that is bound to a key is refused.
"""

from collections.abc import Sequence
from typing import Any, cast

from mcp.server.auth.provider import AccessToken, TokenVerifier

from tokensmith.guard import DeniedError, Guard, Need, Principal, RequestFacts
from tokensmith.integrations.needs import need_of
from tokensmith.jose.frozen_json import thaw
from tokensmith.jose.strict_json import JsonValue


def mcp_verifier(guard: Guard, *wanted: str | Need, resource: str) -> TokenVerifier:
    """Make a verifier of access tokens for the SDK.

    Args:
        guard: Who decides.
        resource: The server's URL as in its `AuthSettings`: of a token's audiences, the one to tell the SDK. A token
            whose audience does not name it is refused here, whatever else the guard lets in.
        wanted: What every caller must be allowed to do: all of some scopes, or one `Need`. The SDK's own
            `required_scopes` answer a missing scope with a 403; what is refused here is a 401.

    Raises:
        TypeError, ValueError: What is wanted is neither scopes nor a need.
    """
    return _Verifier(guard, need_of(*wanted), resource=resource)


class _Verifier(TokenVerifier):
    def __init__(self, guard: Guard, need: Need, *, resource: str) -> None:
        self._guard = guard
        self._need = need
        self._resource = resource

    async def verify_token(self, token: str) -> AccessToken | None:
        """Return what the SDK keeps of a good token, None for a bad one.

        Raises:
            UnavailableError: It could not be found out; None would make a good client throw its token away.
        """
        facts = RequestFacts.from_headers({"Authorization": f"Bearer {token}"})
        try:
            principal = await self._guard.authenticate(facts, self._need)
        except DeniedError as error:
            # For the log: the SDK has an answer of its own.
            self._guard.answer_to(error)
            return None
        if self._resource not in _audiences(principal):
            return None
        return _described(principal, token, resource=self._resource)


def _described(principal: Principal, token: str, *, resource: str) -> AccessToken:
    return AccessToken(
        token=token,
        # The SDK tells sessions apart by client, issuer and subject.
        client_id=principal.client_id or principal.subject,
        scopes=sorted(principal.scopes),
        expires_at=int(cast("float", principal.claims["exp"])),
        resource=resource,
        subject=principal.subject,
        claims=cast("dict[str, Any]", thaw(principal.claims)),
    )


def _audiences(principal: Principal) -> Sequence[JsonValue]:
    audience = principal.claims["aud"]
    return [audience] if isinstance(audience, str) else cast("Sequence[JsonValue]", audience)

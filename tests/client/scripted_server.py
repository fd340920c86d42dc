"""An authorization server that answers from a script, through the same `Outside` as the guard's tests."""

from collections.abc import Callable, Mapping

from tests.guard.scripted import ScriptedOutside, json_answer
from tokensmith.client.authorization_server import AuthorizationServer
from tokensmith.client.proof_key import ProofKey
from tokensmith.jose import strict_json
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, Response
from tokensmith.outbound.identity import ClientIdentity, PublicClient

ISSUER = "https://id.test"
TOKEN_URL = f"{ISSUER}/token"
METADATA_URL = f"{ISSUER}/.well-known/oauth-authorization-server"
TOOL = PublicClient("tool")

Answer = Response | FetchError | Callable[[Mapping[str, str]], Response]


def token_answer(token: str = "a.b.c", **members: JsonValue) -> Response:
    """RFC 6749 §5.1; None leaves a member out."""
    usual: dict[str, JsonValue] = {"access_token": token, "token_type": "Bearer", "expires_in": 100}
    return json_answer({name: value for name, value in (usual | members).items() if value is not None})


def refusal(error: str, *, status: int = 400, **headers: str) -> Response:
    lower = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Response(status=status, headers=lower, body=strict_json.encode({"error": error}))


class ScriptedServer:
    """Gives its *answers* to token requests one after the other, the last one again and again."""

    def __init__(self, *answers: Answer, metadata: Mapping[str, JsonValue] | None = None) -> None:
        self.answers = list(answers)
        self.outside = ScriptedOutside({TOKEN_URL: self._answer})
        members = {"issuer": ISSUER, "token_endpoint": TOKEN_URL, **(metadata or {})}
        self.outside.documents[METADATA_URL] = json_answer(members)

    def seen_by(self, identity: ClientIdentity = TOOL, proof_key: ProofKey | None = None) -> AuthorizationServer:
        return AuthorizationServer(ISSUER, identity, proof_key)

    @property
    def forms(self) -> list[dict[str, str]]:
        return [dict(form) for form in self.outside.forms]

    def _answer(self, headers: Mapping[str, str]) -> Response:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, FetchError):
            raise answer
        return answer if isinstance(answer, Response) else answer(headers)

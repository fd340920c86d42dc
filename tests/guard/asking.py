"""A service that asks its issuer about tokens which say nothing themselves."""

from collections.abc import Mapping
from typing import Any

from tests.guard.minting import AUDIENCE, ISSUER, METADATA_URL
from tests.guard.scripted import json_answer
from tests.guard.service import Service
from tokensmith.client import SecretClient
from tokensmith.guard import Introspection, InvalidTokenError, Issuer, UnavailableError
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, Response

URL = f"{ISSUER}/introspect"
IDENTITY = SecretClient("notes", "hush", method="post")
SILENCE = FetchError("Silence.", code="timed_out")


class Asking(Service):
    """A service that asks its issuer about opaque tokens; *good* are the active ones and their claims."""

    def __init__(self, *, keep: float = 5, max_stale: float = 60, **options: Any) -> None:
        introspection = Introspection(identity=IDENTITY, keep=keep, **options)
        super().__init__(Issuer(ISSUER, audience=AUDIENCE, leeway=0, max_stale=max_stale, introspection=introspection))
        self.good: dict[str, dict[str, JsonValue]] = {"opaque": {"sub": "ada", "scope": "notes:read"}}
        self.outside.documents[METADATA_URL] = json_answer(
            {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", "introspection_endpoint": URL}
        )
        self.answers()

    def answers(self) -> None:
        self.outside.documents[URL] = self._answer

    def falls_silent(self) -> None:
        self.outside.documents[URL] = SILENCE

    def _answer(self, _: Mapping[str, str]) -> Response:
        members = self.good.get(dict(self.outside.forms[-1])["token"])
        return json_answer({"active": False} if members is None else {"active": True, "aud": AUDIENCE, **members})

    @property
    def asked(self) -> int:
        return len(self.outside.forms)

    def after(self, seconds: float, token: str = "opaque") -> str:
        """Let seconds pass and ask: a subject, or why not."""
        self.outside.seconds += seconds
        try:
            return self.admit(token).subject
        except (InvalidTokenError, UnavailableError) as error:
            return error.code

"""`GET` and `POST /userinfo` (Core §5.3): the one place here that takes access tokens, and only from the header."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.guard.challenge import answer_to
from tokensmith.guard.credentials import find_token
from tokensmith.guard.errors import GuardError
from tokensmith.guard.facts import RequestFacts
from tokensmith.guard.sender import DPOP_ALGORITHMS
from tokensmith.server.flows.user_info import UserInfo
from tokensmith.server.web.connection_certificates import ConnectionCertificates
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.request_headers import proofs_of
from tokensmith.server.web.responses import REALM, json_response, signed_response

USERINFO_PATH: Final = "/userinfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfoHandler:
    """The handler of both methods."""

    user_info: UserInfo
    certificates: ConnectionCertificates
    observer: Observer

    async def __call__(self, request: Request) -> Response:
        """Say whom the access token is about.

        Raises:
            InvalidRequestError: the proxy's word about the certificate cannot be read.
            UnavailableError: the database cannot be reached.
        """
        scope = request.scope
        facts = RequestFacts(method=request.method, url="", headers=scope["headers"])
        try:
            presented = find_token(facts, takes_proofs=True)
            told = await self.user_info.run(
                presented,
                proofs=proofs_of(scope),
                certificate=self.certificates.of(scope),
                method=request.method,
                path=USERINFO_PATH,
            )
        except GuardError as error:
            self.observer.refused(USERINFO_PATH, code=error.code)
            answer = answer_to(error, realm=REALM, proof_algorithms=DPOP_ALGORITHMS)
            return Response(answer.body, answer.status, dict(answer.headers))
        if isinstance(told, str):
            return signed_response(told, media_type="application/jwt")
        return json_response(told)

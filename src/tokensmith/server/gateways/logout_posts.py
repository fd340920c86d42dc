"""Logout tokens on their way to clients: one gate for everything that goes out (`outbound`), no redirect followed."""

from typing import Final

from tokensmith.outbound import FetchError, FetchRules
from tokensmith.outbound.post import AsyncPoster

_MAX_ANSWER_BYTES: Final = 4096


class LogoutPosts:
    """Satisfies `LogoutPoster`."""

    def __init__(self, poster: AsyncPoster) -> None:
        self._poster = poster

    async def post(self, uri: str, token: str, *, is_trusted: bool) -> str | None:
        """Post a token; return in a word why it was not taken, None where it was."""
        # Whoever registers by themselves may name public addresses alone (Back-Channel Logout §2.2, RFC 7591 §5).
        rules = FetchRules.of(uri, is_trusted=is_trusted, max_bytes=_MAX_ANSWER_BYTES)
        try:
            answer = await self._poster.post(uri, rules, {}, (("logout_token", token),))
        except FetchError as error:
            return error.code
        # §2.8: 200; some frameworks answer 204 where there is nothing to say.
        return None if answer.status in (200, 204) else f"status_{answer.status}"

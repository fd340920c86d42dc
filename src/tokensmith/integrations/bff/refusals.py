"""Why a page of ours gets nothing: what adapters answer instead of the view."""

from tokensmith.guard.challenge import Answer
from tokensmith.jose.strict_json import JsonValue, encode


class BffError(Exception):
    """A request is not served.

    Attributes:
        answer: What to answer: status, headers and a body in JSON.
        code: What happened, stable; every code is explained in docs/errors.md.
        detail: For the log only.
    """

    def __init__(self, status: int, *, code: str, detail: str = "", retry_after: int | None = None) -> None:
        super().__init__(code)
        more = () if retry_after is None else (("retry-after", str(retry_after)),)
        self.answer = json_answer(status, {"error": code}, more)
        self.code = code
        self.detail = detail


def not_signed_in() -> BffError:
    """Make the refusal of somebody without a session; the page sends them to sign in."""
    return BffError(401, code="not_signed_in")


def json_answer(status: int, members: dict[str, JsonValue], headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Make an answer that nobody keeps."""
    fixed = (("content-type", "application/json"), ("cache-control", "no-store"))
    return Answer(status=status, headers=(*fixed, *headers), body=encode(members))

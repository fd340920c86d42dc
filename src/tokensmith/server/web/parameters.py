"""Forms and JSON as the endpoints take them: nothing twice, nothing odd (RFC 6749 §3.1 and §3.2, RFC 8707 §2).

Unknown parameters are ignored in a form, as RFC 6749 §3.2 demands, and refused in the JSON of `/api`, where nothing
demands it and a member nobody reads is a misunderstanding.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import unquote_plus

import msgspec
from starlette.requests import Request

from tokensmith.jose.errors import JoseError
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.web.request_body import FORM, JSON, MAX_BODY_BYTES, read_body

MAX_PARAMETERS: Final = 64
REPEATABLE: Final = "resource"

T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Form:
    """A form's parameters. Empty ones count as not sent (RFC 6749 §3.2); `resource` stands apart, as it may repeat."""

    values: Mapping[str, str]
    resources: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Form {sorted(self.values)}>"

    def required(self, name: str) -> str:
        """Return a parameter that must be there.

        Raises:
            InvalidRequestError: it is not (`parameter_missing`).
        """
        value = self.values.get(name)
        if value is None:
            raise InvalidRequestError(f"{name} is missing.", code="parameter_missing", detail=name)
        return value


async def read_form(request: Request) -> Form:
    """Read a form from the body; what stands in the URL is not looked at (RFC 6749 §3.2).

    Raises:
        InvalidRequestError: no form (see `read_body`), malformed (`form_malformed`), a parameter twice
            (`repeated_parameter`), or too many (`too_many_parameters`).
    """
    return parse_form(await read_body(request, media_type=FORM))


def parse_form(body: bytes) -> Form:
    """Read a form; the errors are those of `read_form`."""
    if body.count(b"&") >= MAX_PARAMETERS:
        raise InvalidRequestError("Too many parameters.", code="too_many_parameters")
    values: dict[str, str] = {}
    resources: list[str] = []
    for name, value in _pairs(body):
        if name == REPEATABLE:
            resources.append(value)
        elif name in values:
            raise InvalidRequestError("A parameter was sent twice.", code="repeated_parameter", detail=name[:100])
        else:
            values[name] = value
    kept = {name: value for name, value in values.items() if value}
    return Form(MappingProxyType(kept), tuple(value for value in resources if value))


def _pairs(body: bytes) -> Iterator[tuple[str, str]]:
    # The standard library's parser takes three times as long, and is lenient where this one is not.
    try:
        for part in body.decode("utf-8").split("&") if body else ():
            name, equals, value = part.partition("=")
            name, value = _decoded(name), _decoded(value)
            # NUL is where other programs end a string.
            if not equals or "\0" in name or "\0" in value:
                raise _malformed()
            yield name, value
    except UnicodeDecodeError:
        raise _malformed() from None


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text


def _malformed() -> InvalidRequestError:
    return InvalidRequestError("The form is malformed.", code="form_malformed")


async def read_json(request: Request, form: type[T]) -> T:
    """Read a JSON object of one shape; a member the shape does not name is refused.

    Raises:
        InvalidRequestError: no JSON object (see `read_body` and `parse_object`; `json_malformed`), or one of another
            shape (`json_shape`; the message says where).
    """
    body = await read_body(request, media_type=JSON)
    try:
        return msgspec.convert(parse_object(body, max_bytes=MAX_BODY_BYTES), form)
    except JoseError as error:
        raise InvalidRequestError("The body is no JSON object.", code="json_malformed", detail=error.code) from None
    except msgspec.ValidationError as error:
        # msgspec names members and types, never values: a password sent as a number is not repeated here.
        raise InvalidRequestError(f"{error}.", code="json_shape") from None

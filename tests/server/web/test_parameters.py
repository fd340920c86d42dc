"""Forms and JSON: nothing twice, nothing odd."""

import contextlib
from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.server.web.requests import make_request
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.web.parameters import MAX_PARAMETERS, parse_form, read_form, read_json


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    size: Annotated[int, msgspec.Meta(ge=1)] = 1


async def json_of(body: bytes) -> Shape:
    return await read_json(make_request({}, body, media_type="application/json"), Shape)


def test_values_are_decoded() -> None:
    """RFC 6749 appendix B: plus signs, percent signs, UTF-8."""
    form = parse_form("a=1+2&b=%C3%BC&c=ü&d=a%2Bb%3D".encode())

    assert form.values == {"a": "1 2", "b": "ü", "c": "ü", "d": "a+b="}


def test_an_empty_parameter_counts_as_not_sent() -> None:
    """RFC 6749 §3.2: "treated as if they were omitted"."""
    form = parse_form(b"a=&resource=&b=1")

    assert form.values == {"b": "1"}
    assert form.resources == ()


def test_an_empty_body_is_an_empty_form() -> None:
    """What is missing is for the endpoint to say."""
    assert parse_form(b"").values == {}


@pytest.mark.parametrize("body", [b"a=1&a=1", b"a=1&a=2", b"a=&a=1", b"%61=1&a=2"])
def test_a_parameter_sent_twice_is_refused(body: bytes) -> None:
    """RFC 6749 §3.2: "MUST NOT be included more than once", whatever the values and however the name is written."""
    with pytest.raises(InvalidRequestError) as refused:
        parse_form(body)

    assert refused.value.code == "repeated_parameter"


def test_resource_may_be_sent_several_times() -> None:
    """RFC 8707 §2."""
    form = parse_form(b"resource=https://a&resource=https://b")

    assert form.resources == ("https://a", "https://b")
    assert "resource" not in form.values


@pytest.mark.parametrize("body", [b"a", b"a=1&", b"&", b"\xff=1", b"a=%FF", b"a=%00", b"%00=1", b"a=1&&b=2", b"a;b"])
def test_a_malformed_form_is_refused(body: bytes) -> None:
    """No UTF-8, no "=", and NUL, at which other programs end a string."""
    with pytest.raises(InvalidRequestError) as refused:
        parse_form(body)

    assert refused.value.code == "form_malformed"


def test_the_number_of_parameters_is_bounded() -> None:
    """Hash tables are built from what strangers send."""
    names = [f"p{number}=1" for number in range(MAX_PARAMETERS + 1)]

    assert len(parse_form("&".join(names[:-1]).encode()).values) == MAX_PARAMETERS
    with pytest.raises(InvalidRequestError) as refused:
        parse_form("&".join(names).encode())
    assert refused.value.code == "too_many_parameters"


def test_a_required_parameter_is_named_when_it_is_missing() -> None:
    """The message tells a developer which."""
    form = parse_form(b"a=1")

    assert form.required("a") == "1"
    with pytest.raises(InvalidRequestError, match="token is missing") as refused:
        form.required("token")
    assert refused.value.code == "parameter_missing"


def test_a_form_shows_names_and_no_values() -> None:
    """Values are secrets, mostly."""
    assert repr(parse_form(b"password=hush")) == "<Form ['password']>"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form_or_refused(body: bytes) -> None:
    """Never another error."""
    with contextlib.suppress(InvalidRequestError):
        parse_form(body)


@pytest.mark.anyio
async def test_a_form_in_the_url_is_not_looked_at() -> None:
    """RFC 6749 §2.3.1: parameters MUST NOT be included in the request URI."""
    request = make_request({}, b"a=1")
    request.scope["query_string"] = b"b=2"

    assert (await read_form(request)).values == {"a": "1"}


@pytest.mark.anyio
async def test_json_takes_its_shape() -> None:
    """Members with a default may be left out."""
    assert await json_of(b'{"name": "ada"}') == Shape("ada", 1)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"name": "a", "name": "b"}', b'{"name": NaN}', b'{"name": "\xff"}', b"{"]
)
async def test_what_is_no_plain_json_object_is_refused(body: bytes) -> None:
    """Duplicate names above all: two programs would read two different requests."""
    with pytest.raises(InvalidRequestError) as refused:
        await json_of(body)

    assert refused.value.code == "json_malformed"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{}", "name"),
        (b'{"name": 5}', "$.name"),
        (b'{"name": "a", "code": "1"}', "unknown field `code`"),
        (b'{"name": "a", "size": 0}', "$.size"),
    ],
)
async def test_a_json_object_of_another_shape_is_refused_and_told_where(body: bytes, says: str) -> None:
    """A member nobody reads is a misunderstanding."""
    with pytest.raises(InvalidRequestError) as refused:
        await json_of(body)

    assert refused.value.code == "json_shape"
    assert says in str(refused.value)


@pytest.mark.anyio
async def test_a_value_of_the_wrong_kind_is_not_repeated() -> None:
    """It may be a password."""
    with pytest.raises(InvalidRequestError) as refused:
        await json_of(b'{"name": 314159}')

    assert "314159" not in f"{refused.value} {refused.value.detail}"

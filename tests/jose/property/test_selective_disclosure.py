"""The laws of selective disclosure: exactly what was chosen is seen, nothing can be changed, nothing else leaks."""

import contextlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.jose.sd_jwt.credentials import (
    AUDIENCE,
    BINDING,
    HOLDER_KEY,
    NONCE,
    digest,
    holder,
    issuer,
    mark,
    prove,
    spell_sd_jwt,
    verifier,
    write,
)
from tokensmith.jose import JoseError, base64url
from tokensmith.jose.sd_jwt import disclose, disclose_json

Path = tuple[str | int, ...]

# Long enough that none occurs in a salt, a digest or a signature by chance.
WORDS = st.text(alphabet="äöü", min_size=12, max_size=16)
SCALARS = WORDS | st.integers(-(2**53), 2**53) | st.booleans() | st.none()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12
)
CLAIMS = st.dictionaries(WORDS, VALUES, max_size=4)


def paths(value: Any, at: Path = ()) -> list[Path]:
    """Every place in a value, outer ones first."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for step, item in inside for place in ((*at, step), *paths(item, (*at, step)))]


def visible(value: Any, hidden: set[Path], disclosed: set[Path], at: Path = ()) -> Any:
    """The slow way: leave out what is hidden and not disclosed."""

    def seen(step: str | int) -> bool:
        return (*at, step) not in hidden or (*at, step) in disclosed

    if isinstance(value, dict):
        return {name: visible(item, hidden, disclosed, (*at, name)) for name, item in value.items() if seen(name)}
    if isinstance(value, list):
        return [visible(item, hidden, disclosed, (*at, place)) for place, item in enumerate(value) if seen(place)]
    return value


@st.composite
def choices(draw: st.DrawFn) -> tuple[dict[str, Any], set[Path], list[Path]]:
    """Claims, which of their places are hidden, and which of all places a holder wants to show."""
    claims = draw(CLAIMS)
    places = paths(claims)
    some = st.lists(st.sampled_from(places), unique=True) if places else st.just([])
    return claims, set(draw(some)), draw(some)


def opened(wanted: list[Path], hidden: set[Path]) -> set[Path]:
    """What becomes visible: the wanted places and all that they stand in."""
    return {place for place in hidden if any(path[: len(place)] == place for path in wanted)}


@given(choices())
def test_a_verifier_sees_what_was_visible_and_what_was_chosen(
    choice: tuple[dict[str, Any], set[Path], list[Path]],
) -> None:
    """Any claims, any marks, any subset, with and without a proof."""
    claims, hidden, wanted = choice
    credential = issuer().issue(mark(claims, list(hidden)), holder=HOLDER_KEY)
    expected = visible(claims, hidden, opened(wanted, hidden))

    bare = verifier().verify(disclose(credential, wanted))
    shown = holder().present(credential, disclose=wanted, audience=AUDIENCE, nonce=NONCE)
    proven = verifier(key_binding=BINDING).verify(shown, nonce=NONCE)

    for verified in (bare, proven):
        seen = verified.claims.to_dict()
        assert {
            name: item for name, item in seen.items() if name not in {"iss", "iat", "exp", "jti", "cnf"}
        } == expected


@given(choices())
def test_nothing_undisclosed_is_in_what_is_presented(choice: tuple[dict[str, Any], set[Path], list[Path]]) -> None:
    """Neither a name nor a value; every part is decoded and searched."""
    claims, hidden, wanted = choice
    shown = disclose(issuer().issue(mark(claims, list(hidden))), wanted)
    signed, *disclosures = shown.split("~")
    parts = [base64url.decode(signed.split(".")[1]), *(base64url.decode(each) for each in disclosures)]
    text = "\n".join(part.decode() for part in parts)

    seen = words(visible(claims, hidden, opened(wanted, hidden)))
    for word in words(claims) - seen:
        # A word inside a longer one that may be seen is not a leak.
        assert word not in text or any(word in other for other in seen)


def words(value: Any) -> set[str]:
    """Every name and every text in a value."""
    if isinstance(value, dict):
        return {*value, *(word for item in value.values() for word in words(item))}
    if isinstance(value, list):
        return {word for item in value for word in words(item)}
    return {value} if isinstance(value, str) else set()


CREDENTIAL = issuer().issue(mark({"a": "x", "b": [1, 2], "c": {"d": 3}}, [("a",), ("b", 0), ("c",), ("c", "d")]))
BOUND = holder().present(
    issuer().issue(mark({"a": "x", "b": [1, 2]}, [("a",), ("b", 0)]), holder=HOLDER_KEY),
    disclose=["a", ("b", 0)],
    audience=AUDIENCE,
    nonce=NONCE,
)


@given(st.integers(0, len(CREDENTIAL) - 1), st.integers(0, 255))
def test_one_changed_byte_of_a_token_is_a_refusal(place: int, byte: int) -> None:
    """In any part: header, payload, signature, Disclosures, tildes."""
    changed = bytearray(CREDENTIAL.encode())
    if changed[place] == byte:
        return
    changed[place] = byte

    assert refused(bytes(changed))


@given(st.integers(0, len(BOUND) - 1), st.integers(0, 255))
def test_one_changed_byte_of_a_presentation_is_a_refusal(place: int, byte: int) -> None:
    changed = bytearray(BOUND.encode())
    if changed[place] == byte:
        return
    changed[place] = byte

    assert refused(bytes(changed), bound=True)


def refused(token: bytes, *, bound: bool = False) -> bool:
    checking = verifier(key_binding=BINDING) if bound else verifier()
    try:
        checking.verify(token, nonce=NONCE if bound else None)
    except JoseError:
        return True
    return False


NAMES = st.sampled_from(["_sd", "...", "_sd_alg", "cnf", "jwk", "aud", "exp", "a"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("sha-256"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES | st.text(max_size=4), JSON, max_size=4)
TEXTS = st.lists(st.text(alphabet="ab.~=", max_size=12) | st.text(max_size=6), max_size=6).map("~".join)


def try_everything(token: str | bytes) -> None:
    """Whatever it is, it passes or is refused in our way."""
    for attempt in (
        lambda token: verifier().verify(token),
        lambda token: verifier(key_binding=BINDING).verify(token, nonce=NONCE),
        lambda token: disclose(token, []),
        lambda token: holder().present(token, disclose=[], audience=AUDIENCE, nonce=NONCE),
    ):
        with contextlib.suppress(JoseError):
            attempt(token)


@given(st.binary() | TEXTS)
def test_for_any_text_or_bytes(token: str | bytes) -> None:
    """Only a JoseError leaves."""
    try_everything(token)


@given(OBJECTS, st.lists(st.binary(max_size=20).map(base64url.encode) | st.text(alphabet="ab", max_size=4), max_size=3))
def test_for_any_payload_and_disclosures(payload: dict[str, Any], disclosures: list[str]) -> None:
    """An issuer's bug, or an issuer who turned against us."""
    token = spell_sd_jwt(payload, *disclosures)
    try_everything(token)
    try_everything(prove(token, aud=AUDIENCE))


@given(st.lists(JSON, max_size=4), JSON, st.booleans())
def test_for_any_contents_of_a_disclosure(contents: list[Any], whole: Any, flat: bool) -> None:
    """Under a digest that the issuer signed."""
    text = write(*contents) if flat else base64url.encode(json.dumps(whole).encode())
    try_everything(spell_sd_jwt({"_sd": [digest(text)]}, text))
    try_everything(spell_sd_jwt({"list": [{"...": digest(text)}]}, text))


PARTS = st.binary(max_size=12).map(base64url.encode) | st.just(base64url.encode(b'{"alg":"Ed25519"}')) | JSON
SIGNATURES = st.fixed_dictionaries(
    {},
    optional={
        "protected": PARTS,
        "signature": PARTS,
        "header": JSON | st.fixed_dictionaries({}, optional={"disclosures": st.lists(PARTS), "kb_jwt": PARTS}),
    },
)
FORMS = st.fixed_dictionaries({}, optional={"payload": PARTS, "signatures": st.lists(SIGNATURES, max_size=3) | JSON})


@given(st.tuples(FORMS, SIGNATURES).map(lambda both: both[0] | both[1]) | FORMS | st.binary() | TEXTS)
def test_for_any_object(source: Any) -> None:
    """The JSON serializations."""
    for attempt in (
        lambda: verifier().verify_json(source),
        lambda: verifier(key_binding=BINDING).verify_json(source, nonce=NONCE),
        lambda: disclose_json(source, []),
        lambda: holder().present_json(source, disclose=[], audience=AUDIENCE, nonce=NONCE),
    ):
        with contextlib.suppress(JoseError):
            attempt()


@given(st.lists(PARTS, max_size=3), PARTS)
def test_for_any_unprotected_header(disclosures: list[Any], proof: Any) -> None:
    """Under a signature that holds."""
    source: Any = issuer().issue_json({"sub": "ada"}, holder=HOLDER_KEY)
    for header in ({"disclosures": disclosures}, {"disclosures": disclosures, "kb_jwt": proof}, {"kb_jwt": proof}):
        for bound in (False, True):
            checking = verifier(key_binding=BINDING) if bound else verifier()
            with contextlib.suppress(JoseError):
                checking.verify_json({**source, "header": header}, nonce=NONCE if bound else None)


@given(OBJECTS)
def test_for_any_proof(claims: dict[str, Any]) -> None:
    """Signed by a holder who makes up what he likes."""
    token = spell_sd_jwt({"cnf": {"jwk": HOLDER_KEY.public().to_jwk()}})
    try_everything(prove(token, **claims))
    try_everything(prove(token, header={"alg": "ES256", "typ": "kb+jwt", **claims}))


@given(JSON)
def test_for_any_confirmation(confirmation: Any) -> None:
    try_everything(prove(spell_sd_jwt({"cnf": confirmation})))
    try_everything(prove(spell_sd_jwt({"cnf": {"jwk": confirmation}})))

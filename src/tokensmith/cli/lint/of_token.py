"""What is weak about a token, seen from outside (RFC 8725). Nothing is verified: one without a flaw may be forged."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from tokensmith.cli.lint.rules import Finding, finding, in_order
from tokensmith.cli.loose_token import LOOSE_LIMITS, LooseToken
from tokensmith.jose.errors import JoseError
from tokensmith.jose.header import parse_header
from tokensmith.jose.jwa.tables import KEY_MANAGEMENT_ALGORITHMS, SIGNATURE_ALGORITHMS
from tokensmith.jose.strict_json import JsonValue, encode

MAX_LIFETIME_SECONDS: Final = 86_400
CLOCK_TOLERANCE_SECONDS: Final = 60
COOKIE_BYTES: Final = 4096
HEADER_BYTES: Final = 8192
LONG_KEY_ID_CHARS: Final = 128
# Of the year 5138; every clock that counts milliseconds is past it.
_MILLISECONDS: Final = 100_000_000_000
_TIMES: Final = ("exp", "nbf", "iat")
# Steps out of a folder, roots, URLs, quotes, shell and SQL; thumbprints, UUIDs and URNs hold none of them.
_ATTACK: Final = re.compile(r"""\.\.[/\\]|^[/\\~]|://|['"`;|<>$%\x00-\x1f\x7f]""")
_SECRET_NAME: Final = re.compile(
    r"(pass(word|wd|phrase|code)?|pwd|pin|secret|(client|user|shared)secret|(api|private|secret|access|encryption)key"
    r"|ssn|socialsecurity(number)?|creditcard|(credit)?cardnumber|cvv|cvc|iban|passport(number)?|(refresh|access)token)"
)
_NO_NAME: Final = re.compile(r"[^a-z]")


def lint_token(token: LooseToken, *, now: float) -> list[Finding]:
    """Name every weakness of a token, the serious ones first.

    Args:
        token: As it was read.
        now: Seconds since 1970.
    """
    return in_order(each for check in _CHECKS for each in check(token, now))


def _algorithm(token: LooseToken, _: float) -> Iterator[Finding]:
    alg = token.header.get("alg")
    # Some readers compare without case, so "nOnE" is tried by those who forge (RFC 8725 §2.1).
    if isinstance(alg, str) and alg.lower() == "none":
        yield finding("L01", f'"alg" is {_short(alg)}.')
    elif alg == "EdDSA":
        yield finding("L22", '"alg" is "EdDSA".')
    elif alg == "RSA1_5":
        yield finding("L23", '"alg" is "RSA1_5".')
    elif isinstance(alg, str) and alg not in (
        KEY_MANAGEMENT_ALGORITHMS if token.is_encrypted else SIGNATURE_ALGORITHMS
    ):
        yield finding("L26", f'"alg" is {_short(alg)}.')
    if "zip" in token.header:
        yield finding("L24", f'"zip" is {_short(token.header["zip"])}.')


def _symmetric(token: LooseToken, _: float) -> Iterator[Finding]:
    alg, claims = token.header.get("alg"), token.claims or {}
    if alg in ("HS256", "HS384", "HS512") and any(each != claims.get("iss") for each in _audiences(claims)):
        yield finding("L02", f'"alg" is "{alg}", and the token is for somebody else than its issuer.')


def _signature(token: LooseToken, _: float) -> Iterator[Finding]:
    alg = token.header.get("alg")
    algorithm = SIGNATURE_ALGORITHMS.get(alg) if isinstance(alg, str) else None
    if token.is_encrypted or algorithm is None:
        return
    size = len(token.signature)
    if size == 0 or algorithm.signature_bytes not in (None, size):
        yield finding("L27", f"It has {size} bytes, and {alg} asks for {algorithm.signature_bytes or 'some'}.")


def _header(token: LooseToken, _: float) -> Iterator[Finding]:
    try:
        # What "crit" names is not known here either; that alone is no weakness of the token.
        parse_header(encode(token.header), understood=frozenset(_critical(token.header)), limits=LOOSE_LIMITS)
    except JoseError as error:
        yield finding("L20", f"{error.detail}.") if error.code == "malformed_crit" else finding("L25", str(error))
    if "b64" in token.header and not token.is_encrypted:
        yield finding("L21", f'"b64" is {_short(token.header["b64"])}.')


def _type(token: LooseToken, _: float) -> Iterator[Finding]:
    typ = token.header.get("typ")
    if typ is None:
        yield finding("L07", 'There is no "typ".')
    elif isinstance(typ, str) and typ.lower() in ("jwt", "jose"):
        yield finding("L07", f'"typ" is {_short(typ)}, which every token may say.')


def _key_reference(token: LooseToken, _: float) -> Iterator[Finding]:
    header = token.header
    kid, typ = header.get("kid"), str(header.get("typ")).lower()
    if isinstance(kid, str) and _ATTACK.search(kid):
        yield finding("L08", f'"kid" is {_short(kid)}.')
    if isinstance(kid, str) and len(kid) > LONG_KEY_ID_CHARS:
        yield finding("L09", f"It has {len(kid)} characters.")
    # RFC 9449 §4.2: a proof brings its key, which proves possession and nothing else.
    own = [name for name in ("jku", "x5u", "jwk") if name in header and not (name == "jwk" and typ == "dpop+jwt")]
    if own:
        yield finding("L10", f"The header has {_listed(own)}.")


def _spelling(token: LooseToken, _: float) -> Iterator[Finding]:
    if token.misspelled:
        yield finding("L14", f"Not canonical: part {', '.join(map(str, token.misspelled))}.")
    if token.doubled:
        yield finding("L15", f"A member is named twice in the {' and the '.join(token.doubled)}.")


def _size(token: LooseToken, _: float) -> Iterator[Finding]:
    if token.size > HEADER_BYTES:
        yield finding("L13", f"It has {token.size} bytes.")
    elif token.size > COOKIE_BYTES:
        yield finding("L12", f"It has {token.size} bytes.")


def _claims(token: LooseToken, _: float) -> Iterator[Finding]:
    claims = token.claims
    if claims is None:
        if not token.is_encrypted:
            yield finding("L29", "The second part is no JSON object.")
        return
    if "exp" not in claims:
        yield finding("L03", 'There is no "exp".')
    if not _audiences(claims):
        yield finding("L18", 'There is no "aud".')
    if "iss" not in claims:
        yield finding("L19", 'There is no "iss".')
    wrong = [name for name in ("iss", "sub", "jti") if not isinstance(claims.get(name, ""), str)]
    aud = claims.get("aud", "")
    if not (isinstance(aud, str) or (isinstance(aud, list) and all(isinstance(each, str) for each in aud))):
        wrong.append("aud")
    if wrong:
        yield finding("L28", f"Of the wrong type: {_listed(wrong)}.")
    secrets = sorted(set(_secret_names(claims)))
    if secrets:
        # Their names, never their values: this is printed, and piped into logs.
        yield finding("L11", f"In clear: {_listed(secrets)}.")


def _times(token: LooseToken, now: float) -> Iterator[Finding]:
    claims = token.claims or {}
    texts = [name for name in _TIMES if name in claims and not _is_number(claims[name])]
    if texts:
        yield finding("L05", f"Not a number: {_listed(texts)}.")
    times = {name: float(str(claims[name])) for name in _TIMES if _is_number(claims.get(name))}
    milliseconds = [name for name, value in times.items() if value > _MILLISECONDS]
    if milliseconds:
        yield finding("L06", f"Too large for seconds: {_listed(milliseconds)}.")
        return
    if times.get("iat", now) > now + CLOCK_TOLERANCE_SECONDS:
        yield finding("L16", f'"iat" is {times["iat"] - now:.0f} s ahead.')
    if "exp" not in times:
        return
    late = [name for name in ("nbf", "iat") if times.get(name, 0) >= times["exp"]]
    lifetime = times["exp"] - times.get("iat", times.get("nbf", now))
    if late:
        yield finding("L17", f'{_listed(late)} is not before "exp".')
    elif lifetime > MAX_LIFETIME_SECONDS:
        yield finding("L04", f"It lives {lifetime / 3600:.0f} hours.")


_CHECKS: Final[tuple[Callable[[LooseToken, float], Iterable[Finding]], ...]] = (
    _algorithm,
    _signature,
    _symmetric,
    _header,
    _type,
    _key_reference,
    _spelling,
    _size,
    _claims,
    _times,
)


def _audiences(claims: Mapping[str, JsonValue]) -> list[str]:
    aud = claims.get("aud")
    listed = aud if isinstance(aud, list) else [aud]
    return [each for each in listed if isinstance(each, str) and each]


def _critical(header: Mapping[str, JsonValue]) -> list[str]:
    crit = header.get("crit")
    return [name for name in crit if isinstance(name, str)] if isinstance(crit, list) else []


def _secret_names(value: JsonValue) -> Iterator[str]:
    """Find members called after a secret that hold text or a number, at any depth."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, str | int | float) and not isinstance(item, bool) and _is_secret(name):
                yield name
            yield from _secret_names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _secret_names(item)


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.fullmatch(_NO_NAME.sub("", name.lower())) is not None


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _short(value: JsonValue) -> str:
    text = value if isinstance(value, str) else encode({"": value}).decode()[4:-1]
    return f'"{text[:40]}"' if len(text) <= 40 else f'"{text[:40]}…"'

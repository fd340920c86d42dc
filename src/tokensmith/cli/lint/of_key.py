"""What is weak about a key, or about a set of keys (RFC 7517, RFC 8725 §2.1, §3.5).

A JWK is looked at as it is spelled, since what is missing in it is half of what there is to say; PEM and DER have no
room for a name or a purpose, so only their strength is looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from tokensmith.cli.key_text import AskPassword, is_json, parse_key_of_any_algorithm
from tokensmith.cli.lint.rules import Finding, finding, in_order
from tokensmith.jose import Key
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk.members import Jwk, has_private_members
from tokensmith.jose.jwk.parse import parse_json_object

# From the code of a refusal to the rule it is a case of; K12 without one.
_RULE_OF_CODE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "public_key_as_secret": "K07",
        "inconsistent_use": "K11",
        "algorithm_mismatch": "K11",
        "unsupported_key": "K13",
        "unsupported_algorithm": "K13",
    }
)


def lint_key(data: bytes, *, ask: AskPassword) -> list[Finding]:
    """Name every weakness of a key, or of a JWK Set and each key in it, the serious ones first.

    Args:
        data: The file's bytes.
        ask: Finds the password of an encrypted key.

    Raises:
        KeyMaterialError: It is neither JSON nor a key, or the password is missing.
    """
    if not is_json(data):
        return _of_file(data, ask)
    jwk = parse_json_object(data)
    return in_order(_of_set(jwk["keys"]) if "keys" in jwk else _of_jwk(jwk, where=""))


def _of_file(data: bytes, ask: AskPassword) -> list[Finding]:
    try:
        parse_key_of_any_algorithm(data, ask=ask)
    except KeyMaterialError as error:
        if error.code in ("malformed_key", "password"):
            raise
        return [_of_refusal(error, kty="RSA", where="")]
    return []


def _of_set(keys: object) -> Iterator[Finding]:
    if not isinstance(keys, Sequence) or isinstance(keys, str):
        yield finding("K12", 'The member "keys" of the set is no array.')
        return
    seen: set[tuple[object, ...]] = set()
    for position, jwk in enumerate(keys):
        where = f"Key {position} of the set: "
        if not isinstance(jwk, Mapping):
            yield finding("K12", f"{where}it is no object.")
            continue
        if jwk.get("kty") == "oct" or has_private_members(jwk):
            yield finding("K05", f"{where}it has its private members.")
        name = tuple(str(jwk.get(member)) for member in ("kid", "kty", "alg"))
        if "kid" in jwk and name in seen:
            yield finding("K10", f"{where}an earlier one has its kid, kty and alg, too.")
        seen.add(name)
        yield from _of_jwk(jwk, where=where)


def _of_jwk(jwk: Jwk, *, where: str) -> Iterator[Finding]:
    alg = jwk.get("alg")
    if "kid" not in jwk:
        yield finding("K02", f'{where}there is no "kid".')
    if alg is None:
        yield finding("K03", f'{where}there is no "alg".')
    if "use" not in jwk and "key_ops" not in jwk:
        yield finding("K04", f'{where}there is neither "use" nor "key_ops".')
    if alg == "EdDSA":
        yield finding("K08", f'{where}"alg" is "EdDSA".')
    if alg == "RSA1_5":
        yield finding("K09", f'{where}"alg" is "RSA1_5".')
        return
    try:
        Key.from_jwk(jwk, alg=_assumed_algorithm(jwk))
    except KeyMaterialError as error:
        if error.code != "algorithm_required":
            yield _of_refusal(error, kty=jwk.get("kty"), where=where)


def _assumed_algorithm(jwk: Jwk) -> str | None:
    """Choose what to try the strength of a key with, where it names no algorithm."""
    if jwk.get("alg") == "EdDSA":
        return "EdDSA"
    if "alg" in jwk or jwk.get("use") == "enc":
        return None
    return {"RSA": "RS256", "oct": "HS256"}.get(str(jwk.get("kty")))


def _of_refusal(error: KeyMaterialError, *, kty: object, where: str) -> Finding:
    weak = "K06" if kty == "oct" else "K01" if kty == "RSA" else "K12"
    rule = weak if error.code == "weak_key" else _RULE_OF_CODE.get(error.code, "K12")
    return finding(rule, f"{where}{error}")

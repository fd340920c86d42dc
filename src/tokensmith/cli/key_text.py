"""A key in whichever form it comes: JWK, JWK Set, PEM, DER, an OpenSSH line, or a bare secret.

The form follows from the first bytes, and the algorithm never does: where the key does not settle it, somebody says it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from tokensmith.cli.given import first_line
from tokensmith.jose import Key
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import SignatureAlgorithm
from tokensmith.jose.jwa.key_management import KeyManagementAlgorithm
from tokensmith.jose.jwa.tables import KEY_ALGORITHMS, PASSWORD_ALGORITHMS
from tokensmith.jose.jwk.parse import parse_json_object, requested

AskPassword = Callable[[], bytes | None]
"""Finds the password of an encrypted key; called only where one is needed."""

_PEM_MARKS: Final = (b"-----BEGIN ", b"ssh-", b"ecdsa-sha2-")


def parse_key(data: bytes, *, alg: str | None, kid: str | None, ask: AskPassword) -> Key:
    """Read one key.

    Args:
        data: The file's bytes.
        alg: The algorithm, where the key does not settle it.
        kid: The key's id, where the key has none.
        ask: Finds the password of an encrypted key.

    Raises:
        KeyMaterialError: It is no key, or not for *alg*.
        ValueError: *alg* is no algorithm of ours.
    """
    if is_json(data):
        return _from_jwk(parse_json_object(data), alg=alg, kid=kid)
    if alg in PASSWORD_ALGORITHMS:
        return Key.from_password(first_line(data), alg=alg, kid=kid)
    if alg is not None and _takes_secrets(requested(alg)):
        return Key.from_secret(_bare_secret(data), alg=alg, kid=kid)
    load = Key.from_pem if data.lstrip().startswith(_PEM_MARKS) or b"-----BEGIN " in data else Key.from_der
    try:
        return load(data, alg=alg, kid=kid)
    except KeyMaterialError as error:
        password = ask() if error.code == "password" else None
        if password is None:
            raise
    return load(data, alg=alg, kid=kid, password=password)


def parse_key_of_any_algorithm(data: bytes, *, ask: AskPassword) -> Key:
    """Read one key for a purpose in which its algorithm plays no part, such as a thumbprint; raises as `parse_key`."""
    password: bytes | None = None

    def ask_once() -> bytes | None:
        nonlocal password
        password = ask() if password is None else password
        return password

    try:
        return parse_key(data, alg=None, kid=None, ask=ask_once)
    except KeyMaterialError as error:
        if error.code != "algorithm_required":
            raise
        refusals = [error]
    for name in _candidates(data):
        try:
            return parse_key(data, alg=name, kid=None, ask=ask_once)
        except KeyMaterialError as error:
            refusals.append(error)
    # That most algorithms are for other keys says nothing; that its own finds it weak does.
    raise next((each for each in refusals[1:] if each.code != "algorithm_mismatch"), refusals[0])


def is_json(data: bytes) -> bool:
    """Tell a JWK or a JWK Set from the other forms, none of which begins with a brace."""
    return data.lstrip().startswith(b"{")


def is_key_set(data: bytes) -> bool:
    """Tell a JWK Set; raises `KeyMaterialError` for what begins like JSON and is none."""
    return is_json(data) and "keys" in parse_json_object(data)


def _candidates(data: bytes) -> list[str]:
    """List the algorithms a key may be for; only a JWK says of itself that it is a shared secret."""
    return [name for name, each in KEY_ALGORITHMS.items() if is_json(data) or not _takes_secrets(each)]


def _takes_secrets(algorithm: SignatureAlgorithm | KeyManagementAlgorithm) -> bool:
    if isinstance(algorithm, SignatureAlgorithm):
        return algorithm.key_type == "oct"
    return "oct" in algorithm.key_types


def _bare_secret(data: bytes) -> bytes:
    """Take a line of text without its end, which is the editor's; other bytes count as they are, line ends included."""
    line = first_line(data)
    try:
        is_line = line.decode().isprintable() and data[len(line) :] in (b"\n", b"\r\n")
    except UnicodeDecodeError:
        return data
    return line if is_line else data


def _from_jwk(jwk: Mapping[str, object], *, alg: str | None, kid: str | None) -> Key:
    if "keys" in jwk:
        raise KeyMaterialError("This is a set of keys, and one key is wanted.", code="malformed_key")
    return Key.from_jwk({"kid": kid, **jwk} if kid is not None else jwk, alg=alg)

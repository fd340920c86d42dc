"""Header parameters of the key management algorithms ⇄ what the algorithms work with (RFC 7518 §4.6.1, §4.7.1, §4.8.1).

All of this is public, so it may be refused in so many words, before any key is used. A JWK is read and written here:
the algorithms know none.
"""

from collections.abc import Mapping

from tokensmith.jose import base64url
from tokensmith.jose.errors import KeyMaterialError, MalformedTokenError
from tokensmith.jose.jwa.descriptor import PublicKeyObject
from tokensmith.jose.jwa.key_management import KeyManagementAlgorithm, Parameters
from tokensmith.jose.jwa.pbes2 import check_cost
from tokensmith.jose.jwk.ec_members import read_ec
from tokensmith.jose.jwk.export import public_half, write_public_members
from tokensmith.jose.jwk.members import has_private_members
from tokensmith.jose.jwk.okp_members import read_okp
from tokensmith.jose.strict_json import JsonValue

_Header = Mapping[str, JsonValue]


def read_parameters(algorithm: KeyManagementAlgorithm, header: _Header) -> Parameters:
    """Read what the header says to a recipient.

    Raises:
        MalformedTokenError: A parameter of *algorithm* is missing, has the wrong type, is not base64url, is no public
            key on a curve, or asks for too little or too much work; code `malformed_header`.
    """
    if "epk" in algorithm.parameters:
        party_u, party_v = _read_parties(header)
        return Parameters(ephemeral_key=_read_ephemeral_key(header), party_u=party_u, party_v=party_v)
    if "iv" in algorithm.parameters:
        return Parameters(iv=_read_octets(header, "iv"), tag=_read_octets(header, "tag"))
    if "ek" in algorithm.parameters:
        return Parameters(encapsulated_secret=_read_octets(header, "ek"))
    if "p2s" in algorithm.parameters:
        salt = _read_octets(header, "p2s")
        return Parameters(salt=salt, iterations=check_cost(salt=salt, iterations=_read_iterations(header)))
    return Parameters()


def read_sender_parameters(algorithm: KeyManagementAlgorithm, header: _Header) -> Parameters:
    """Read what the sender chose for itself: "apu", "apv", "p2c"; raises as `read_parameters`."""
    if "epk" in algorithm.parameters:
        party_u, party_v = _read_parties(header)
        return Parameters(party_u=party_u, party_v=party_v)
    if "p2s" in algorithm.parameters:
        return Parameters(iterations=_read_iterations(header) if "p2c" in header else None)
    return Parameters()


def write_parameters(parameters: Parameters) -> dict[str, JsonValue]:
    """Spell what an algorithm chose, as members of the header; "apu" and "apv" are there already."""
    octets = {
        "iv": parameters.iv,
        "tag": parameters.tag,
        "p2s": parameters.salt,
        "ek": parameters.encapsulated_secret,
    }
    members: dict[str, JsonValue] = {name: base64url.encode(value) for name, value in octets.items() if value}
    if parameters.ephemeral_key is not None:
        members["epk"] = write_public_members(parameters.ephemeral_key)
    if parameters.iterations is not None:
        members["p2c"] = parameters.iterations
    return members


def _read_ephemeral_key(header: _Header) -> PublicKeyObject:
    jwk = header.get("epk")
    if not isinstance(jwk, Mapping):
        raise _malformed("epk", "is not an object")
    # RFC 7518 §4.6.1.1: "It MUST contain only public key parameters".
    if has_private_members(jwk):
        raise _malformed("epk", "has private members")
    try:
        return public_half(read_okp(jwk) if jwk.get("kty") == "OKP" else _read_ec(jwk))
    except KeyMaterialError:
        raise _malformed("epk", "is not a public key on a curve of ours") from None


def _read_ec(jwk: _Header) -> PublicKeyObject:
    if jwk.get("kty") != "EC":
        raise _malformed("epk", "is of another key type")
    return public_half(read_ec(jwk))


def _read_parties(header: _Header) -> tuple[bytes, bytes]:
    party_u, party_v = (_read_octets(header, name) if name in header else b"" for name in ("apu", "apv"))
    # RFC 7518 §4.6.2: they "MUST be distinct, when used"; else a token could be turned back on its sender.
    if party_u and party_u == party_v:
        raise _malformed("apu", 'is the same as "apv"')
    return party_u, party_v


def _read_octets(header: _Header, name: str) -> bytes:
    value = header.get(name)
    if not isinstance(value, str):
        raise _malformed(name, "is not a string")
    try:
        return base64url.decode(value)
    except MalformedTokenError:
        raise _malformed(name, "is not base64url") from None


def _read_iterations(header: _Header) -> int:
    value = header.get("p2c")
    # bool is an int in Python, and one iteration is what "true" would ask for.
    if type(value) is not int:
        raise _malformed("p2c", "is not an integer")
    return value


def _malformed(name: str, problem: str) -> MalformedTokenError:
    return MalformedTokenError(f'The header parameter "{name}" {problem}.', code="malformed_header")

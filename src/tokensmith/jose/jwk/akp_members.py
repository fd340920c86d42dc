"""Algorithm key pairs as JWK members alg pub priv (RFC 9964 §3, §4); today that is ML-DSA.

"alg" is part of the key here, not advice: the same octets would mean another key under another name.
"""

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import LatticePrivateKey, LatticePublicKey
from tokensmith.jose.jwa.ml_dsa import PARAMETER_SETS, SEED_OCTETS, ParameterSet, if_available, parameter_set_of
from tokensmith.jose.jwk.members import Jwk, malformed, read_octets, read_text, refuse_foreign_secrets, write_octets


def read_akp(jwk: Jwk) -> LatticePrivateKey | LatticePublicKey:
    """Make an ML-DSA key from its JWK members.

    Raises:
        KeyMaterialError: "alg" is missing, a member is missing or of another length, or "priv" does not belong to "pub"
            ("malformed_key"); or "alg" is another, or not to be had here ("unsupported_algorithm").
    """
    refuse_foreign_secrets(jwk, own=("priv",))
    chosen = PARAMETER_SETS.get(read_text(jwk, "alg"))
    if chosen is None:
        raise KeyMaterialError("The algorithm is not supported for AKP keys.", code="unsupported_algorithm")
    octets = read_octets(jwk, "pub", length=chosen.public_octets)
    if "priv" in jwk:
        return _read_private(jwk, chosen, octets)
    return if_available(lambda: chosen.public.from_public_bytes(octets))


def write_akp(key: LatticePrivateKey | LatticePublicKey) -> dict[str, str]:
    """Spell an ML-DSA key as JWK members, the seed as "priv" where the key has it."""
    if isinstance(key, LatticePrivateKey):
        return write_akp(key.public_key()) | {"priv": write_octets(key.private_bytes_raw())}
    return {"kty": "AKP", "alg": parameter_set_of(key).name, "pub": write_octets(key.public_bytes_raw())}


def _read_private(jwk: Jwk, chosen: ParameterSet, expected: bytes) -> LatticePrivateKey:
    seed = read_octets(jwk, "priv", length=SEED_OCTETS)
    key = if_available(lambda: chosen.private.from_seed_bytes(seed))
    # RFC 9964 §7.4: a seed beside a public key of another one may give the private key away.
    if key.public_key().public_bytes_raw() != expected:
        raise malformed("The private key does not belong to the public key.")
    return key

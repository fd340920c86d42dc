"""RSA keys as JWK members n e d p q dp dq qi (RFC 7518 §6.3).

A private key may come as "d" alone; then the primes are found from it. Multi-prime keys ("oth") are not supported.
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicKey,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
    rsa_crt_iqmp,
    rsa_recover_prime_factors,
)

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.rsa_signature import MAX_MODULUS_BITS, check_public_numbers
from tokensmith.jose.jwk.members import Jwk, malformed, read_unsigned, refuse_foreign_secrets, write_unsigned

_CRT_MEMBERS: Final = ("p", "q", "dp", "dq", "qi")
_PRIVATE_MEMBERS: Final = ("d", *_CRT_MEMBERS, "oth")


def read_rsa(jwk: Jwk) -> RSAPrivateKey | RSAPublicKey:
    """Make an RSA key from its JWK members.

    Raises:
        KeyMaterialError: A member is missing or not minimal, the size or exponent is outside its range, or the private
            members do not belong to the public ones.
    """
    refuse_foreign_secrets(jwk, own=_PRIVATE_MEMBERS)
    modulus = _read_number(jwk, "n")
    exponent = _read_number(jwk, "e")
    # Before the primitive sees the numbers: with the private members it would test primes of any size.
    check_public_numbers(modulus=modulus, exponent=exponent)
    public = RSAPublicNumbers(exponent, modulus)
    try:
        if any(name in jwk for name in _PRIVATE_MEMBERS):
            return _read_private(jwk, public)
        return public.public_key()
    except ValueError:
        raise malformed("The RSA members are not a key.") from None


def write_rsa(key: RSAPrivateKey | RSAPublicKey) -> dict[str, str]:
    """Spell an RSA key as JWK members, private ones where the key has them."""
    if isinstance(key, RSAPublicKey):
        numbers = key.public_numbers()
        return {"kty": "RSA", "n": write_unsigned(numbers.n), "e": write_unsigned(numbers.e)}
    secret = key.private_numbers()
    values = (secret.d, secret.p, secret.q, secret.dmp1, secret.dmq1, secret.iqmp)
    private = dict(zip(("d", *_CRT_MEMBERS), map(write_unsigned, values), strict=True))
    return write_rsa(key.public_key()) | private


def _read_number(jwk: Jwk, name: str) -> int:
    return read_unsigned(jwk, name, max_octets=MAX_MODULUS_BITS // 8)


def _read_private(jwk: Jwk, public: RSAPublicNumbers) -> RSAPrivateKey:
    if "oth" in jwk:
        raise KeyMaterialError("RSA keys of more than two primes are not supported.", code="unsupported_key")
    exponent = _read_number(jwk, "d")
    present = [name for name in _CRT_MEMBERS if name in jwk]
    if not present:
        return _recover(exponent, public).private_key()
    # RFC 7518 §6.3.2: if any of these members is there, all of them are.
    p, q, dmp1, dmq1, iqmp = (_read_number(jwk, name) for name in _CRT_MEMBERS)
    return RSAPrivateNumbers(p=p, q=q, d=exponent, dmp1=dmp1, dmq1=dmq1, iqmp=iqmp, public_numbers=public).private_key()


def _recover(exponent: int, public: RSAPublicNumbers) -> RSAPrivateNumbers:
    if exponent >= public.n:
        raise malformed("The RSA private exponent is not below the modulus.")
    # In a prime the search below finds nothing, five hundred times over: a minute's work for 2048 bits.
    if pow(2, public.n - 1, public.n) == 1:
        raise malformed("The RSA modulus is a prime.")
    p, q = rsa_recover_prime_factors(public.n, public.e, exponent)
    return RSAPrivateNumbers(
        p=p,
        q=q,
        d=exponent,
        dmp1=rsa_crt_dmp1(exponent, p),
        dmq1=rsa_crt_dmq1(exponent, q),
        iqmp=rsa_crt_iqmp(p, q),
        public_numbers=public,
    )

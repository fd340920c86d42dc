"""Issuer: marked claims and a Key → an SD-JWT for its holder (RFC 9901 §4, §9.7)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Never, cast

from tokensmith.jose import base64url, jws, jwt
from tokensmith.jose.errors import KeyMaterialError, MalformedTokenError
from tokensmith.jose.jwa.hashing import NAMED_HASHES, HashName
from tokensmith.jose.jwa.tables import SIGNATURE_ALGORITHMS
from tokensmith.jose.jwk import Key
from tokensmith.jose.jwt.claims import RegisteredClaims, read_claims
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock, Duration
from tokensmith.jose.sd_jwt import compact, json_form
from tokensmith.jose.sd_jwt.conceal import conceal
from tokensmith.jose.sd_jwt.marks import SD_ALG, Disclosable, MarkedValue, Padded, has_mark
from tokensmith.jose.strict_json import JsonValue

ALWAYS_VISIBLE: Final = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "cnf", "status", "vct", "vct#integrity"})
"""Claims that a holder must not be able to hide: a verifier judges by them (§9.7), or the signer fills them in."""


class Issuer:
    """Issues SD-JWTs of one kind; frozen, and safe to share between threads.

    Args:
        key: A private key. A shared secret would let everybody who verifies issue as well.
        typ: The "typ" header parameter, such as "example+sd-jwt" (§9.11): it keeps an SD-JWT from being taken for
            another kind of token.
        lifetime: From "iat" to "exp", at least one whole second.
        issuer: Who we are; becomes "iss".
        audience: Whom the tokens are for, one name or several; becomes "aud".
        hash_name: The hash of the digests; unless given it is as strong as the signature's (§9.4).
        clock: Says the time.

    Raises:
        TypeError, ValueError: An option makes no sense.
        KeyMaterialError: The key cannot sign ("key_operation"), or is a shared secret ("symmetric_key").
    """

    __slots__ = ("_hash_name", "_signer", "_typ")

    _hash_name: str
    _signer: jwt.Signer
    _typ: str

    def __init__(
        self,
        key: Key,
        *,
        typ: str,
        lifetime: Duration,
        issuer: str | None = None,
        audience: str | Collection[str] | None = None,
        hash_name: HashName | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        if not (hash_name is None or hash_name in NAMED_HASHES):
            raise ValueError('hash_name is "sha-256", "sha-384" or "sha-512".')
        # Only half of a pair has a public half; a shared secret says so here.
        key.public()
        set_once = super().__setattr__
        set_once("_typ", typ)
        set_once("_hash_name", hash_name or _hash_as_strong_as(key))
        set_once(
            "_signer",
            jwt.Signer(key, issuer=issuer, audience=audience, lifetime=lifetime, typ=typ, clock=clock),
        )

    def issue(self, claims: Mapping[str, MarkedValue] | Padded, *, holder: Key | None = None) -> str:
        """Sign claims, and write a Disclosure for each that is marked `Disclosable`.

        Fills in "iss", "aud", "iat", "exp" and "jti" where *claims* does not say them itself, as a `jwt.Signer` does.

        Args:
            claims: The claims with their marks; they stay as they are.
            holder: The holder's public key, either half; becomes "cnf", so that he can be asked for proof of it.

        Returns:
            The SD-JWT with all its Disclosures. It is for the holder alone.

        Raises:
            TypeError, ValueError: A claim is no JSON, a registered one has not its type or is marked although verifiers
                judge by it (`ALWAYS_VISIBLE`), or the marks make no sense.
            KeyMaterialError: The key may not sign, code `key_operation`; *holder* is a secret, code `symmetric_key`.
        """
        issuer_signed, disclosures = self._sign(claims, holder=holder)
        return compact.join(issuer_signed, disclosures=disclosures).decode("ascii")

    def issue_json(
        self, claims: Mapping[str, MarkedValue] | Padded, *, holder: Key | None = None, co_signers: Iterable[Key] = ()
    ) -> dict[str, JsonValue]:
        """Do the same as `issue` in JSON (RFC 9901 §8).

        Args:
            claims: As of `issue`.
            holder: As of `issue`.
            co_signers: Private keys of others who sign the same payload. With any the form is general, else flattened.

        Raises:
            TypeError, ValueError, KeyMaterialError: As of `issue`; the latter also for a co-signer.
        """
        issuer_signed, disclosures = self._sign(claims, holder=holder)
        payload = base64url.decode(issuer_signed.split(b".")[1])
        signed = [issuer_signed]
        for key in co_signers:
            key.public()
            signed.append(jws.sign(payload, key, header={"typ": self._typ}).encode("ascii"))
        return json_form.join(signed, disclosures=disclosures)

    def _sign(
        self, claims: Mapping[str, MarkedValue] | Padded, *, holder: Key | None
    ) -> tuple[bytes, tuple[bytes, ...]]:
        _check(claims.value if isinstance(claims, Padded) else claims)
        concealed = conceal(claims, hashed_with=NAMED_HASHES[self._hash_name])
        payload: dict[str, JsonValue] = {**concealed.payload, SD_ALG: self._hash_name}
        if holder is not None:
            if "cnf" in payload:
                raise ValueError('"cnf" is both among the claims and given as holder.')
            payload["cnf"] = {"jwk": holder.public().to_jwk()}
        return self._signer.sign(payload).encode("ascii"), concealed.disclosures

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("An Issuer is frozen.")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError("An Issuer is frozen.")


def _hash_as_strong_as(key: Key) -> str:
    algorithm = SIGNATURE_ALGORITHMS.get(key.alg)
    if algorithm is None:
        raise KeyMaterialError("The key is for encryption.", code="key_operation")
    # Schemes that settle their own hash (EdDSA, ML-DSA) get the longest.
    return f"sha-{algorithm.hash_bits or 512}"


def _check(claims: object) -> None:
    if not isinstance(claims, Mapping):
        raise TypeError("Claims are a mapping.")
    for name in ALWAYS_VISIBLE & claims.keys():
        if has_mark(claims[name]):
            raise ValueError(f"{name!r} cannot be disclosable: verifiers judge by it.")
    subject = claims.get("sub")
    if isinstance(subject, Disclosable):
        try:
            read_claims({"sub": cast("JsonValue", subject.value)}, shape=RegisteredClaims)
        except MalformedTokenError as error:
            raise ValueError(f"{error} {error.detail}") from None

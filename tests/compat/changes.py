"""What changes for a program that moves in from another library: a token or a key, and what comes of it there and here.

joserfc and jwcrypto are test dependencies and are run. What python-jose 3.5.0 does was tried by hand and is told; what
we do is run for all three.
"""

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import OctKey, RSAKey
from jwcrypto import jwt as jwcrypto_jwt  # type: ignore[import-untyped]
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]

from tests.compat.encrypted import (
    AGREED,
    COMPRESSED,
    OAEP,
    OTHER_ALGORITHM,
    decrypts,
    joserfc_decrypts,
    jwcrypto_decrypts,
)
from tests.compat.pyjwt.material import NOW, RSA, RSA_TOO_SMALL, SECRET, SECRETS, b64, pem, sealed, token
from tokensmith.jose import JoseError, Key, jwt

AUDIENCE: Final = "https://api.example"
LATER: Final = NOW + 86_400
EXPIRED: Final = token({"exp": 1})
PUBLIC_IN_BASE64: Final = b64(RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
UNSECURED: Final = f"{b64({'alg': 'none'})}.{b64({'exp': LATER})}."
PS256: Final = jwt.sign({"exp": LATER}, Key.from_pem(pem(RSA), alg="PS256"))
HS512: Final = jwt.sign({"exp": LATER}, Key.from_secret(SECRETS["HS512"], alg="HS512"))


@dataclass(frozen=True, kw_only=True)
class Change:
    """One row: the outcome there and here, and the calls that come to it."""

    theirs: str
    ours: str
    call: Callable[[], object]
    their_call: Callable[[], object] | None = None


def verifies(text: str, key: Key | None = None, **arguments: Any) -> Callable[[], object]:
    """Check a token as our guides show it; of any issuer and audience where the row is about neither."""
    options = {"issuer": jwt.ANY, "audience": jwt.ANY, **arguments}
    return lambda: jwt.verify(text, key or Key.from_secret(SECRET), **options)


def joserfc_decodes(text: str, key: Any = None, algorithms: tuple[str, ...] = ("HS256",)) -> Callable[[], object]:
    """Read a token with joserfc."""
    return lambda: joserfc_jwt.decode(text, key or OctKey.import_key(SECRET), algorithms=algorithms)


def jwcrypto_reads(text: str, key: Any = None) -> Callable[[], object]:
    """Read a token with jwcrypto."""
    return lambda: jwcrypto_jwt.JWT(jwt=text, key=key or JWK(kty="oct", k=b64(SECRET.encode()))).claims


def just_expired() -> str:
    """A token made when it is read: the tests before may take longer than the minute that jwcrypto forgives."""
    return token({"exp": int(time.time()) - 30})


def jwcrypto_signs(key: Any, alg: str) -> None:
    """Sign a token with jwcrypto, and read it."""
    made = jwcrypto_jwt.JWT(header={"alg": alg}, claims={})
    made.make_signed_token(key)
    jwcrypto_reads(made.serialize(), key)()


def outcome(call: Callable[[], object]) -> str:
    """Say "accepted", the code of our refusal, or the name of their exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call()
        except JoseError as error:
            return error.code
        except Exception as error:  # noqa: BLE001
            return type(error).__name__
    return "accepted"


def told(theirs: str, ours: str, call: Callable[[], object]) -> Change:
    """A row whose left side was tried by hand."""
    return Change(theirs=theirs, ours=ours, call=call)


def tried(
    theirs: str,
    ours: str,
    text: str,
    *,
    read: Callable[[str], Callable[[], object]] = joserfc_decodes,
    **arguments: Any,
) -> Change:
    """A row about one token that both sides are given."""
    return Change(theirs=theirs, ours=ours, call=verifies(text, **arguments), their_call=read(text))


TWICE: Final = token(b'{"exp":9999999999,"sub":"ada","sub":"eve"}')
OTHER_TYPE: Final = token({"exp": LATER}, typ="at+jwt")
NO_EXPIRY: Final = token({"sub": "ada"})
NO_AUDIENCE: Final = token({"exp": LATER})
OTHER_AUDIENCE: Final = token({"exp": LATER, "aud": "https://other.example"})
PADDED: Final = sealed(b64({"alg": "HS256"}), b64(b'{"exp":9999999999}')) + "="

FROM_JOSERFC: Final[Mapping[str, Change]] = {
    "an expired token, where only `decode` is called": tried("accepted", "expired", EXPIRED),
    "a token without `exp`": tried("accepted", "missing_claim", NO_EXPIRY),
    "a token for another audience, where nobody asks": tried(
        "accepted", "wrong_audience", OTHER_AUDIENCE, audience=AUDIENCE
    ),
    "a token of another `typ`": tried("accepted", "wrong_type", OTHER_TYPE),
    "a token whose `cty` says that another is in it": tried(
        "accepted", "nested_token", token({"exp": LATER}, cty="JWT")
    ),
    "a header parameter that nobody knows": tried(
        "UnsupportedHeaderError", "accepted", token({"exp": LATER}, client_id="1")
    ),
    "a header above 512 bytes": tried("ExceededSizeError", "accepted", token({"exp": LATER}, kid="k" * 500)),
    "`b64` in a JWT": tried("accepted", "unsupported_crit", token({"exp": LATER}, b64=True, crit=["b64"])),
    "a member named twice": tried("accepted", "duplicate_member", TWICE),
    "`NaN` among the claims": tried("accepted", "json", token(b'{"exp":9999999999,"x":NaN}')),
    "a header in UTF-16": tried(
        "accepted", "json", sealed(b64('{"alg":"HS256"}'.encode("utf-16")), b64({"exp": LATER}))
    ),
    "a secret shorter than the hash": Change(
        theirs="accepted",
        ours="weak_key",
        call=lambda: Key.from_secret("open sesame"),
        their_call=lambda: OctKey.import_key("open sesame"),
    ),
    "an RSA key below 2048 bits": Change(
        theirs="accepted",
        ours="weak_key",
        call=lambda: Key.from_pem(pem(RSA_TOO_SMALL), alg="RS256"),
        their_call=lambda: RSAKey.import_key(pem(RSA_TOO_SMALL)),
    ),
    "a public key as a secret, behind base64": Change(
        theirs="accepted",
        ours="public_key_as_secret",
        call=lambda: Key.from_secret(PUBLIC_IN_BASE64),
        their_call=lambda: OctKey.import_key(PUBLIC_IN_BASE64),
    ),
    "one key for two algorithms": Change(
        theirs="accepted",
        ours="algorithm_mismatch",
        call=verifies(PS256, Key.from_pem(pem(RSA), alg="RS256")),
        their_call=joserfc_decodes(PS256, RSAKey.import_key(pem(RSA)), ("RS256", "PS256")),
    ),
    "`none`, where it is listed": Change(
        theirs="accepted",
        ours="algorithm_mismatch",
        call=verifies(UNSECURED),
        their_call=joserfc_decodes(UNSECURED, algorithms=("none",)),
    ),
    "a JWK of `alg` RSA-OAEP that decrypts RSA-OAEP-256": Change(
        theirs="accepted",
        ours="algorithm_mismatch",
        call=decrypts(OTHER_ALGORITHM, OAEP),
        their_call=joserfc_decrypts(OTHER_ALGORITHM, OAEP),
    ),
    "a compressed plaintext, where nobody asks for one": Change(
        theirs="accepted",
        ours="unsupported_compression",
        call=decrypts(COMPRESSED, AGREED),
        their_call=joserfc_decrypts(COMPRESSED, AGREED),
    ),
}

FROM_PYTHON_JOSE: Final[Mapping[str, Change]] = {
    "a token of any algorithm, where `algorithms` is left out": told(
        "accepted", "algorithm_mismatch", verifies(HS512, Key.from_secret(SECRETS["HS512"]))
    ),
    "a token without `aud`, where an audience is asked for": told(
        "accepted", "wrong_audience", verifies(NO_AUDIENCE, audience=AUDIENCE)
    ),
    "a token without `exp`": told("accepted", "missing_claim", verifies(NO_EXPIRY)),
    "`exp` as text": told("accepted", "malformed_claim", verifies(token({"exp": str(LATER)}))),
    "a token of another `typ`": told("accepted", "wrong_type", verifies(OTHER_TYPE)),
    "`crit` that names an unknown extension": told(
        "accepted", "unsupported_crit", verifies(token({"exp": LATER}, crit=["x"], x=1))
    ),
    "a member named twice": told("accepted", "duplicate_member", verifies(TWICE)),
    "`=` at the end of a part": told("accepted", "base64url", verifies(PADDED)),
    "a secret shorter than the hash, even an empty one": told("accepted", "weak_key", lambda: Key.from_secret("")),
    "an RSA key below 2048 bits": told("accepted", "weak_key", lambda: Key.from_pem(pem(RSA_TOO_SMALL), alg="RS256")),
    "a public key as a secret, behind base64": told(
        "accepted", "public_key_as_secret", lambda: Key.from_secret(PUBLIC_IN_BASE64)
    ),
    "a JWK whose `alg` is not the one asked for": told(
        "accepted",
        "algorithm_mismatch",
        lambda: Key.from_jwk({"kty": "oct", "k": b64(SECRET.encode()), "alg": "RS256"}, alg="HS256"),
    ),
    "a compressed plaintext, where nobody asks for one": told(
        "accepted", "unsupported_compression", decrypts(COMPRESSED, AGREED)
    ),
    "`RSA1_5`": told("accepted", "ValueError", lambda: Key.from_pem(pem(RSA), alg="RSA1_5")),
}

FROM_JWCRYPTO: Final[Mapping[str, Change]] = {
    "a token that expired half a minute ago": Change(
        theirs="accepted",
        ours="expired",
        call=lambda: jwt.verify(just_expired(), Key.from_secret(SECRET), issuer=jwt.ANY, audience=jwt.ANY),
        their_call=lambda: jwcrypto_jwt.JWT(jwt=just_expired(), key=JWK(kty="oct", k=b64(SECRET.encode()))),
    ),
    "a token without `exp`": tried("accepted", "missing_claim", NO_EXPIRY, read=jwcrypto_reads),
    "`exp` as text": tried("TypeError", "malformed_claim", token({"exp": str(LATER)}), read=jwcrypto_reads),
    "a token for another audience, where nobody asks": tried(
        "accepted", "wrong_audience", OTHER_AUDIENCE, read=jwcrypto_reads, audience=AUDIENCE
    ),
    "a token of another `typ`": tried("accepted", "wrong_type", OTHER_TYPE, read=jwcrypto_reads),
    "a payload that is no JSON": tried("accepted", "json", token(b"hello"), read=jwcrypto_reads),
    "a member named twice": tried("accepted", "duplicate_member", TWICE, read=jwcrypto_reads),
    "`=` at the end of a part": tried("accepted", "base64url", PADDED, read=jwcrypto_reads),
    "a text that is no token": tried("ValueError", "malformed", "a.b", read=jwcrypto_reads),
    "an RSA key below 2048 bits": Change(
        theirs="accepted",
        ours="weak_key",
        call=lambda: Key.from_pem(pem(RSA_TOO_SMALL), alg="RS256"),
        their_call=lambda: jwcrypto_signs(JWK.from_pem(pem(RSA_TOO_SMALL).encode()), "RS256"),
    ),
    "a JWK of `alg` RS256 that is used for PS256": Change(
        theirs="accepted",
        ours="algorithm_mismatch",
        call=verifies(PS256, Key.from_pem(pem(RSA), alg="RS256")),
        their_call=jwcrypto_reads(PS256, JWK(**Key.from_pem(pem(RSA), alg="RS256").to_jwk())),
    ),
    "a JWK of `alg` RSA-OAEP that decrypts RSA-OAEP-256": Change(
        theirs="accepted",
        ours="algorithm_mismatch",
        call=decrypts(OTHER_ALGORITHM, OAEP),
        their_call=jwcrypto_decrypts(OTHER_ALGORITHM, OAEP),
    ),
    "a compressed plaintext, where nobody asks for one": Change(
        theirs="accepted",
        ours="unsupported_compression",
        call=decrypts(COMPRESSED, AGREED),
        their_call=jwcrypto_decrypts(COMPRESSED, AGREED),
    ),
}

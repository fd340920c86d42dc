"""The Key Binding JWT: whoever presents a token has the key that its issuer named (RFC 9901 §4.3, §7.3 step 5).

It is an ordinary JWT of the type "kb+jwt", so the rules of tokens hold for it. Its key is never one the verifier holds:
it stands in "cnf" of the token that is presented, and counts because the issuer signed that.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import Final, Self, cast

from tokensmith.jose import jwt
from tokensmith.jose.errors import JoseError, KeyMaterialError, MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.frozen_json import adopt
from tokensmith.jose.jwk import Key
from tokensmith.jose.jwt.numeric_date import Duration, to_seconds
from tokensmith.jose.jwt.opened import open_signed
from tokensmith.jose.jwt.rules import Rules
from tokensmith.jose.limits import Limits
from tokensmith.jose.sealed import make_sealed
from tokensmith.jose.strict_json import JsonValue

PROOF_TYPE: Final = "kb+jwt"


class NotRequired(Enum):
    """The type of `NOT_REQUIRED`."""

    NOT_REQUIRED = "not required"


NOT_REQUIRED: Final = NotRequired.NOT_REQUIRED
"""Written out where a verifier takes tokens from whoever has them. A token with a proof is then refused: it would look
checked, and is not (§4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBinding:
    """What a verifier demands: a proof made for it, for this transaction, a short while ago.

    Attributes:
        audience: Who we are to holders: the proof's "aud" has to be this, or one of these.
        max_age: How long ago the proof may have been made, by its "iat"; more than 0.

    Raises:
        TypeError, ValueError: An option makes no sense. `jwt.ANY` makes none: a proof for everybody can be replayed.
    """

    audience: str | AbstractSet[str]
    max_age: Duration

    def __post_init__(self) -> None:
        if not isinstance(self.audience, str | AbstractSet):
            raise TypeError("audience is a string or a set of strings.")
        if to_seconds(self.max_age, name="max_age") <= 0:
            raise ValueError("max_age is more than 0 seconds.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofCheck:
    """A verifier's `KeyBinding`, checked once and ready to be applied."""

    rules: Rules
    limits: Limits

    @classmethod
    def build(cls, demand: KeyBinding, *, leeway: Duration, limits: Limits) -> Self:
        """Bring a demand into the form of every other token's rules.

        Raises:
            TypeError, ValueError: An option makes no sense.
        """
        rules = Rules.build(
            issuer=jwt.ANY,
            audience=demand.audience,
            typ=PROOF_TYPE,
            profile=None,
            leeway=leeway,
            max_age=demand.max_age,
            required=(),
            require_exp=False,
        )
        return cls(rules=rules, limits=limits)

    def check(self, proof: bytes, *, holder: Key, nonce: str, sd_hash: str, now: float) -> jwt.VerifiedJwt:
        """Check a Key Binding JWT completely.

        Args:
            proof: A compact JWS.
            holder: The key from the token that is presented.
            nonce: The one given out for this transaction.
            sd_hash: The digest of what is presented with it.
            now: Seconds since 1970.

        Raises:
            JoseError: As of `open_signed` and `Rules`, of which `too_old` says that it was made too long ago.
            MalformedTokenError: "aud" is not one string; code `malformed_claim`.
            UnacceptableTokenError: code `wrong_nonce`, or `wrong_sd_hash` for a proof of another presentation.
        """
        opened = open_signed(proof, holder, limits=self.limits)
        for problem in chain(
            self.rules.header_problems(opened.header),
            _problems(opened.claims, nonce=nonce, sd_hash=sd_hash),
            # The time comes last, as everywhere.
            self.rules.claims_problems(opened.claims, now=now),
        ):
            raise problem
        claims = adopt(jwt.Claims, opened.claims)
        return cast("jwt.VerifiedJwt", make_sealed(jwt.VerifiedJwt, claims, opened.header, opened.key))


def _problems(claims: Mapping[str, JsonValue], *, nonce: str, sd_hash: str) -> Iterator[JoseError]:
    """Find what only a Key Binding JWT has to keep to; "iat" and the audience itself are among the rules."""
    if isinstance(claims.get("aud"), list):
        yield MalformedTokenError('"aud" of a key binding is one string.', code="malformed_claim")
    if claims.get("nonce") != nonce:
        yield UnacceptableTokenError("The key binding is for another transaction.", code="wrong_nonce")
    # §9.10: this is what keeps disclosures from being added or taken away on the way.
    if claims.get("sd_hash") != sd_hash:
        yield UnacceptableTokenError("The key binding is for another presentation.", code="wrong_sd_hash")


def read_holder_key(claims: Mapping[str, JsonValue]) -> Key:
    """Read the holder's public key from "cnf" (RFC 7800 §3.2).

    Raises:
        UnacceptableTokenError: There is none, it is unusable, or its secret is there for everybody; code `holder_key`.
    """
    confirmation = claims.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, Mapping) else None
    if not isinstance(jwk, Mapping):
        raise _no_holder_key('"cnf" has no "jwk"')
    try:
        key = Key.from_jwk(jwk)
    except KeyMaterialError as error:
        raise _no_holder_key(error.code) from None
    if key.is_private:
        raise _no_holder_key("its secret is there for everybody")
    return key


def check_text(value: object, *, name: str) -> None:
    """Refuse an audience or a nonce that cannot be one: an unset variable would be the transaction of everybody.

    Raises:
        TypeError: It is not a string.
        ValueError: It is empty.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} is a string.")
    if not value:
        raise ValueError(f"{name} is empty.")


def _no_holder_key(problem: str) -> UnacceptableTokenError:
    return UnacceptableTokenError("The token names no usable key of its holder.", code="holder_key", detail=problem)

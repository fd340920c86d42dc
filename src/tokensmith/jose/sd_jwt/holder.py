"""The holder's step: choose what to disclose, and prove that the token is his (RFC 9901 §7.2).

A holder checks what he was issued with a `Verifier`, once, when he receives it; here it is only taken apart. Whatever
comes out is judged by the verifier it is shown to.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Never, TypeAlias

from tokensmith.jose import base64url, strict_json
from tokensmith.jose.errors import UnacceptableTokenError
from tokensmith.jose.jwk import Key
from tokensmith.jose.jws import compact as jws_compact
from tokensmith.jose.jws.sign import encode_header
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK, Clock
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.sd_jwt import compact, json_form
from tokensmith.jose.sd_jwt.compact import SdJwtParts
from tokensmith.jose.sd_jwt.disclosure import digest_of
from tokensmith.jose.sd_jwt.key_binding import PROOF_TYPE, check_text, read_holder_key
from tokensmith.jose.sd_jwt.resolve import Path, Resolved, resolve
from tokensmith.jose.strict_json import JsonValue

ClaimPath: TypeAlias = str | Path
"""The way to a claim; that to one at the top may be its bare name."""


def disclose(credential: str | bytes, claims: Iterable[ClaimPath], *, limits: Limits = DEFAULT_LIMITS) -> str:
    """Leave only some claims disclosed, for a verifier that asks for no proof.

    Args:
        credential: An SD-JWT, as it was issued or with some Disclosures already taken out.
        claims: Which claims shall be visible, by their place where all of *credential* is disclosed: a name, or a
            tuple such as ``("address", "locality")`` or ``("nationalities", 0)``. What a claim stands in becomes
            visible with it; what is hidden inside it does not. One that everybody sees anyway may be named.
        limits: Ceilings for sizes and counts.

    Raises:
        JoseError: *credential* is no SD-JWT, or is one with a proof ("key_binding_unexpected").
        ValueError: There is no such claim.
        TypeError: A path is something else.
    """
    return _choose(compact.split(credential, limits=limits), claims, limits=limits).presented.decode("ascii")


def disclose_json(
    credential: Mapping[str, JsonValue] | str | bytes, claims: Iterable[ClaimPath], *, limits: Limits = DEFAULT_LIMITS
) -> dict[str, JsonValue]:
    """Do the same as `disclose` with an SD-JWT in JSON, flattened or general (RFC 9901 §8)."""
    source = json_form.split(credential, limits=limits)
    return json_form.replace(source, disclosures=_choose(source.parts, claims, limits=limits).disclosures)


class Holder:
    """Presents tokens that were issued to one key; frozen, and safe to share between threads.

    Args:
        key: The private half of the key that the issuer put into "cnf".
        clock: Says the time.
        limits: Ceilings for sizes and counts.

    Raises:
        KeyMaterialError: The key cannot sign ("key_operation"), or is a shared secret ("symmetric_key").
    """

    __slots__ = ("_header", "_key", "_limits", "_now", "_thumbprint")

    _header: bytes
    _key: Key
    _limits: Limits
    _now: Callable[[], float]
    _thumbprint: str

    def __init__(self, key: Key, *, clock: Clock = SYSTEM_CLOCK, limits: Limits = DEFAULT_LIMITS) -> None:
        set_once = super().__setattr__
        set_once("_thumbprint", key.public().thumbprint())
        set_once("_header", encode_header(key, header={"typ": PROOF_TYPE}) + b".")
        set_once("_key", key)
        set_once("_limits", limits)
        set_once("_now", clock.now)

    def present(self, credential: str | bytes, *, disclose: Iterable[ClaimPath], audience: str, nonce: str) -> str:
        """Leave only some claims disclosed, and prove possession of the key to one verifier.

        Args:
            credential: As of the function `disclose`.
            disclose: Which claims shall be visible; as of the function `disclose`.
            audience: The verifier, by the name it goes by.
            nonce: What the verifier gave out for this transaction.

        Returns:
            The SD-JWT+KB, good for that verifier and that transaction alone.

        Raises:
            JoseError: As of the function `disclose`; or *credential* is not bound to this key, code `holder_key`.
            KeyMaterialError: The key may not sign; code `key_operation`.
            TypeError, ValueError: As of the function `disclose`; or *audience* or *nonce* is no text, or empty.
        """
        choice = _choose(compact.split(credential, limits=self._limits), disclose, limits=self._limits)
        return choice.presented.decode("ascii") + self._prove(choice, audience=audience, nonce=nonce)

    def present_json(
        self,
        credential: Mapping[str, JsonValue] | str | bytes,
        *,
        disclose: Iterable[ClaimPath],
        audience: str,
        nonce: str,
    ) -> dict[str, JsonValue]:
        """Do the same as `present` with an SD-JWT in JSON, flattened or general (RFC 9901 §8)."""
        source = json_form.split(credential, limits=self._limits)
        choice = _choose(source.parts, disclose, limits=self._limits)
        proof = self._prove(choice, audience=audience, nonce=nonce)
        return json_form.replace(source, disclosures=choice.disclosures, proof=proof)

    def _prove(self, choice: "_Choice", *, audience: str, nonce: str) -> str:
        check_text(audience, name="audience")
        check_text(nonce, name="nonce")
        resolved = choice.resolved
        if read_holder_key(resolved.claims).thumbprint() != self._thumbprint:
            raise UnacceptableTokenError("The token is bound to another key.", code="holder_key")
        claims: dict[str, JsonValue] = {
            "aud": audience,
            "iat": int(self._now()),
            "nonce": nonce,
            "sd_hash": digest_of(choice.presented, hashed_with=resolved.hashed_with),
        }
        signing_input = self._header + base64url.encode_bytes(strict_json.encode(claims))
        return jws_compact.join(signing_input, signature=self._key.sign_bytes(signing_input))

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("A Holder is frozen.")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError("A Holder is frozen.")


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a holder shows of a token."""

    disclosures: tuple[bytes, ...]
    presented: bytes
    """The SD-JWT in compact form, which is what a proof is over."""
    resolved: Resolved
    """All that could be shown."""


def _choose(parts: SdJwtParts, claims: Iterable[ClaimPath], *, limits: Limits) -> _Choice:
    # §7.2: a holder is issued no SD-JWT+KB; one that he was shown is not his to show on.
    if parts.key_binding:
        raise UnacceptableTokenError("The token has a key binding already.", code="key_binding_unexpected")
    payload = strict_json.parse_object(jws_compact.split(parts.issuer_signed, limits=limits).payload, limits=limits)
    resolved = resolve(payload, disclosures=parts.disclosures, limits=limits)
    if isinstance(claims, str):
        raise TypeError("Claims are named in a collection, not by one string.")
    wanted = [_existing(path, claims=resolved.claims) for path in claims]
    # §7.2 step 2: with each Disclosure go those it is inside of, or its digest would be found nowhere.
    chosen = {text for place, text in resolved.disclosed.items() if any(place == path[: len(place)] for path in wanted)}
    kept = tuple(text for text in parts.disclosures if text in chosen)
    return _Choice(kept, compact.join(parts.issuer_signed, disclosures=kept), resolved)


def _existing(path: ClaimPath, *, claims: JsonValue) -> Path:
    steps = (path,) if isinstance(path, str) else path
    if not isinstance(steps, tuple):
        raise TypeError("The way to a claim is a name, or a tuple of names and positions.")
    value = claims
    for step in steps:
        match value:
            case dict() if isinstance(step, str) and step in value:
                value = value[step]
            case list() if type(step) is int and 0 <= step < len(value):
                value = value[step]
            case _:
                raise ValueError(f"There is no claim at {path!r}.")
    return steps

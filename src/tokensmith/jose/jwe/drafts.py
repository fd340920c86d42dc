"""Algorithms of a draft: nothing is encrypted or decrypted with them unless a program names draft and version.

The meaning of a name can still change from one version to the next. Then the version we name changes with it, and who
names the old one gets a `ValueError` at the first call, rather than tokens that nobody else can read.
"""

from collections.abc import Collection, Mapping
from typing import Final

from tokensmith.jose.errors import KeyMaterialError, MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.header import Header
from tokensmith.jose.jwa.content_encryption import ContentEncryption
from tokensmith.jose.jwa.key_management import KeyManagementAlgorithm
from tokensmith.jose.jwa.tables import KEY_MANAGEMENT_ALGORITHMS
from tokensmith.jose.strict_json import JsonValue

DRAFTS: Final = frozenset(each.draft for each in KEY_MANAGEMENT_ALGORITHMS.values() if each.draft is not None)
"""The drafts that a program can name."""

_Header = Mapping[str, JsonValue]


def check_drafts(drafts: Collection[str]) -> None:
    """Refuse what is no draft of ours, such as another version of one.

    Raises:
        TypeError: *drafts* is a string, in which every part of it would be found.
        ValueError: One of them is none of ours.
    """
    if isinstance(drafts, str):
        raise TypeError("drafts is a collection of names.")
    if not DRAFTS.issuperset(drafts):
        raise ValueError(f"drafts is of {', '.join(sorted(DRAFTS))}.")


def find_integrated(header: _Header) -> ContentEncryption | None:
    """Find the content encryption that a protected header settles by its "alg", where it does.

    Whether that may be used, `check_received` says.

    Raises:
        MalformedTokenError: "enc" stands beside it; code `malformed_header`.
    """
    alg = header.get("alg")
    algorithm = KEY_MANAGEMENT_ALGORITHMS.get(alg) if isinstance(alg, str) else None
    if algorithm is None or algorithm.integrated is None:
        return None
    # draft-ietf-jose-hpke-encrypt-20 §5: it "MUST NOT be present"; one token would speak of two ciphers.
    if "enc" in header:
        raise _misplaced("enc")
    return algorithm.integrated


def check_received(header: Header, *, enc: ContentEncryption, drafts: Collection[str]) -> None:
    """Check what the header of one recipient says, where its algorithm is of a draft.

    Raises:
        UnacceptableTokenError: The draft is not named, or a pre-shared key is asked for (`unsupported_algorithm`); or
            "alg" settles the content encryption and is not protected (`unprotected_parameter`).
        MalformedTokenError: "ek" stands beside an encapsulated secret; code `malformed_header`.
    """
    algorithm = KEY_MANAGEMENT_ALGORITHMS.get(header.alg)
    if algorithm is None or algorithm.draft is None:
        return
    # §4 of the draft: with "psk_id" it is another mode of HPKE, which we have not.
    if algorithm.draft not in drafts or "psk_id" in header:
        raise UnacceptableTokenError("The algorithm is not accepted here.", code="unsupported_algorithm")
    if algorithm.integrated is None:
        return
    # §5: "alg" is in the protected header; that alone is where `find_integrated` looks.
    if enc is not algorithm.integrated:
        raise UnacceptableTokenError('The header parameter "alg" is not protected.', code="unprotected_parameter")
    if "ek" in header:
        raise _misplaced("ek")


def check_named(algorithm: KeyManagementAlgorithm, *, drafts: Collection[str]) -> None:
    """Refuse to encrypt by a draft that is not named.

    Raises:
        KeyMaterialError: The algorithm is of such a draft (`unsupported_algorithm`).
    """
    if algorithm.draft is not None and algorithm.draft not in drafts:
        raise KeyMaterialError(
            f"The key's algorithm is of a draft; drafts={{{algorithm.draft!r}}} allows it.",
            code="unsupported_algorithm",
        )


def check_sent(header: _Header, *, algorithm: KeyManagementAlgorithm) -> None:
    """Check what a program says beside a key whose algorithm is of a draft.

    Raises:
        ValueError: *header* asks for a pre-shared key, or names an "enc" where there is none.
    """
    if algorithm.draft is None:
        return
    forbidden = {"psk_id"} if algorithm.integrated is None else {"psk_id", "enc"}
    if not forbidden.isdisjoint(header):
        raise ValueError(f"{algorithm.name} has no {' and no '.join(sorted(forbidden))}.")


def _misplaced(name: str) -> MalformedTokenError:
    return MalformedTokenError(
        f'The header parameter "{name}" does not go with the algorithm.', code="malformed_header"
    )

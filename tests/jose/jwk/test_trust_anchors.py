"""From a certificate chain to a key that is trusted (RFC 5280 §6, RFC 7515 §4.1.6)."""

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from tests.jose.jwk.certificates import (
    AUTHORITY,
    AUTHORITY_KEY,
    ROOT,
    ROOT_KEY,
    SIGNER,
    SIGNER_KEY,
    at,
    authority,
    authority_extensions,
    der,
    issue,
    pem,
    signer,
    under,
    usage,
    x5c,
)
from tokensmith.jose import base64url
from tokensmith.jose.errors import JoseError, KeyMaterialError
from tokensmith.jose.jwk import Key, TrustAnchors

NOW = at(days=30)
ANCHORS = TrustAnchors.from_pem(pem(ROOT), purpose=None, name=None)


def refusal_of(chain: Any, *, anchors: TrustAnchors = ANCHORS, now: float = NOW) -> KeyMaterialError:
    with pytest.raises(KeyMaterialError) as refusal:
        anchors.verify(chain, now=now)
    return refusal.value


def test_a_chain_to_an_anchor_gives_the_key_of_its_first_certificate() -> None:
    """C06: the key that is used is the one that was certified."""
    key = ANCHORS.verify(x5c(SIGNER, AUTHORITY), now=NOW, kid="one")

    assert key.to_pem() == Key.from_der(der(SIGNER)).to_pem()
    assert (key.alg, key.kid, key.is_private) == ("ES256", "one", False)


def test_the_anchor_may_come_along_and_the_order_behind_the_first_is_free() -> None:
    for chain in (x5c(SIGNER, AUTHORITY, ROOT), x5c(SIGNER, ROOT, AUTHORITY), tuple(x5c(SIGNER, AUTHORITY))):
        assert ANCHORS.verify(chain, now=NOW).alg == "ES256"


def test_a_chain_to_nobody_we_trust_is_refused() -> None:
    """C06: a chain proves nothing by itself, complete and well signed as it may be."""
    stranger = TrustAnchors.from_pem(
        pem(issue("root", SIGNER_KEY, *authority_extensions(SIGNER_KEY), issuer="root", signer=SIGNER_KEY)),
        purpose=None,
        name=None,
    )
    refusal = refusal_of(x5c(SIGNER, AUTHORITY, ROOT), anchors=stranger)

    assert refusal.code == "untrusted_certificate"
    assert str(refusal) == "The certificate is not trusted."
    assert refusal.detail


def test_a_missing_link_is_refused() -> None:
    """C06."""
    assert refusal_of(x5c(SIGNER)).code == "untrusted_certificate"
    assert refusal_of(x5c(SIGNER, ROOT)).code == "untrusted_certificate"


def test_a_certificate_signed_by_another_key_is_refused() -> None:
    """C06: the names fit, the signature does not."""
    assert refusal_of(x5c(signer(signer=SIGNER_KEY), AUTHORITY)).code == "untrusted_certificate"


@pytest.mark.parametrize(("days", "good"), [(-0.001, False), (0, True), (9.9, True), (10.1, False)])
def test_a_certificate_is_good_from_its_first_second_to_its_last(days: float, good: bool) -> None:
    """RFC 5280 §4.1.2.5; the time is the caller's."""
    chain = x5c(signer(days=10), AUTHORITY)
    if good:
        assert ANCHORS.verify(chain, now=at(days=days))
        return
    assert refusal_of(chain, now=at(days=days)).code == "untrusted_certificate"


def test_an_authority_out_of_date_certifies_nobody() -> None:
    """RFC 5280 §6.1.3: each certificate of the path."""
    chain = x5c(signer(days=3000), AUTHORITY)

    assert refusal_of(chain, now=at(days=400)).code == "untrusted_certificate"


@pytest.mark.parametrize(
    "extensions",
    [
        [],
        [x509.BasicConstraints(ca=False, path_length=None), usage(key_cert_sign=True)],
        [x509.BasicConstraints(ca=True, path_length=None), usage(digital_signature=True)],
        [usage(key_cert_sign=True)],
    ],
    ids=["nothing", "no authority", "no keyCertSign", "no constraints"],
)
def test_who_is_no_authority_certifies_nobody(extensions: list[x509.ExtensionType]) -> None:
    """RFC 5280 §4.2.1.9: the owner of any certificate could make one for anybody."""
    identifier = x509.SubjectKeyIdentifier.from_public_key(AUTHORITY_KEY.public_key())

    assert refusal_of(x5c(SIGNER, authority(*extensions, identifier))).code == "untrusted_certificate"


def test_a_path_is_as_long_as_the_authority_above_allows() -> None:
    """RFC 5280 §4.2.1.9: a path length of 0 leaves no room for an authority between."""
    short = issue("root", ROOT_KEY, *authority_extensions(ROOT_KEY, path_length=0), issuer="root", signer=ROOT_KEY)
    anchors = TrustAnchors.from_pem(pem(short), purpose=None, name=None)

    assert refusal_of(x5c(SIGNER, AUTHORITY), anchors=anchors).code == "untrusted_certificate"


def test_an_authority_signs_no_tokens() -> None:
    """The key that certifies everybody is not to be had by handing over the authority's own certificate."""
    for chain in (x5c(AUTHORITY), x5c(ROOT), x5c(signer(x509.BasicConstraints(ca=True, path_length=None)), AUTHORITY)):
        assert refusal_of(chain).code == "untrusted_certificate"
    assert ANCHORS.verify(x5c(signer(x509.BasicConstraints(ca=False, path_length=None)), AUTHORITY), now=NOW)


def test_a_certificate_restricted_to_something_else_signs_no_tokens() -> None:
    """RFC 5280 §4.2.1.3."""
    assert refusal_of(x5c(signer(usage()), AUTHORITY)).code == "untrusted_certificate"
    assert ANCHORS.verify(x5c(signer(usage(digital_signature=True)), AUTHORITY), now=NOW)


def test_an_extension_nobody_knows_is_refused_where_it_is_critical() -> None:
    """RFC 5280 §4.2."""
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")

    assert refusal_of(x5c(signer(strange), AUTHORITY)).code == "untrusted_certificate"


def test_a_signers_own_certificate_may_be_the_anchor() -> None:
    """It is then trusted alone, while it is in date."""
    anchors = TrustAnchors.from_pem(pem(SIGNER), purpose=None, name=None)

    assert anchors.verify(x5c(SIGNER), now=NOW)
    assert refusal_of(x5c(SIGNER), anchors=anchors, now=at(days=400)).code == "untrusted_certificate"
    assert refusal_of(x5c(signer()), anchors=anchors).code == "untrusted_certificate"


def test_several_anchors_are_trusted_alike() -> None:
    anchors = TrustAnchors.from_pem(pem(ROOT, SIGNER).encode(), purpose=None, name=None)

    assert anchors.verify(x5c(signer(), AUTHORITY), now=NOW)
    assert anchors.verify(x5c(SIGNER), now=NOW)


def test_an_rsa_key_needs_its_algorithm_named() -> None:
    chain = x5c(issue("signer", rsa.generate_private_key(65537, 2048), under(AUTHORITY_KEY)), AUTHORITY)

    assert refusal_of(chain).code == "algorithm_required"
    assert ANCHORS.verify(chain, now=NOW, alg="PS256").alg == "PS256"


def test_a_trusted_certificate_makes_no_weak_key_strong() -> None:
    """A16."""
    weak = x5c(issue("signer", rsa.generate_private_key(65537, 1024), under(AUTHORITY_KEY)), AUTHORITY)
    with pytest.raises(KeyMaterialError) as refusal:
        ANCHORS.verify(weak, now=NOW, alg="RS256")

    assert refusal.value.code == "weak_key"


@pytest.mark.parametrize(("kind", "alg"), [(ec.SECP256K1(), "ES256K"), (None, "Ed25519")])
def test_a_signer_may_have_any_kind_of_key_we_have(kind: ec.EllipticCurve | None, alg: str) -> None:
    key = ed25519.Ed25519PrivateKey.generate() if kind is None else ec.generate_private_key(kind)

    assert ANCHORS.verify(x5c(issue("signer", key, under(AUTHORITY_KEY)), AUTHORITY), now=NOW).alg == alg


def test_a_path_through_an_edwards_authority_is_not_built() -> None:
    """What the primitive library does not build is refused, not waved through."""
    key = ed25519.Ed25519PrivateKey.generate()
    root = issue("authority", key, *authority_extensions(key), signer=key)
    anchors = TrustAnchors.from_pem(pem(root), purpose=None, name=None)
    chain = x5c(issue("signer", SIGNER_KEY, under(key), signer=key))

    assert refusal_of(chain, anchors=anchors).code == "untrusted_certificate"


@pytest.mark.parametrize("chain", [None, [], ["AAAA"], {}, "text", [SIGNER], x5c(SIGNER) * 11], ids=range(7))
def test_what_is_no_chain_is_refused(chain: Any) -> None:
    assert refusal_of(chain).code == "malformed_key"


@pytest.mark.parametrize("data", ["", "text", pem(ROOT)[:100], Key.generate("ES256").to_pem()], ids=range(4))
def test_anchors_without_a_certificate_are_a_mistake_in_the_program(data: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the primitive's own words
        TrustAnchors.from_pem(data, purpose=None, name=None)


@pytest.mark.parametrize("options", [{"purpose": "client", "name": None}, {"purpose": "", "name": None}])
def test_a_purpose_is_an_object_identifier(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the primitive's own words
        TrustAnchors.from_pem(pem(ROOT), **options)


def test_misuse_is_a_type_error() -> None:
    for data, purpose, name in ((None, None, None), (pem(ROOT), 1, None), (pem(ROOT), None, 1), ([ROOT], None, None)):
        with pytest.raises(TypeError):
            TrustAnchors.from_pem(data, purpose=purpose, name=name)  # type: ignore[arg-type]


@pytest.mark.parametrize("now", [1e300, -1e300, 10**40, float("nan")])
def test_a_time_out_of_this_world_is_a_mistake_in_the_program(now: float) -> None:
    with pytest.raises(ValueError, match="now"):
        ANCHORS.verify(x5c(SIGNER, AUTHORITY), now=now)


def test_anchors_are_frozen_and_say_little() -> None:
    with pytest.raises(AttributeError):
        ANCHORS._policy = ANCHORS._policy  # type: ignore[misc]

    assert repr(ANCHORS) == "TrustAnchors()"


@given(
    data=st.data(),
    place=st.sampled_from([0, 1]),
)
def test_any_changed_octets_are_refused(data: st.DataObject, place: int) -> None:
    """The law: nothing but a JoseError leaves, and no changed certificate passes."""
    certificates = [der(SIGNER), der(AUTHORITY)]
    octets = bytearray(certificates[place])
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    certificates[place] = bytes(octets)
    chain = [base64url.encode(each).replace("-", "+").replace("_", "/") for each in certificates]
    padded = [each + "=" * (-len(each) % 4) for each in chain]

    with pytest.raises(JoseError):
        ANCHORS.verify(padded, now=NOW)

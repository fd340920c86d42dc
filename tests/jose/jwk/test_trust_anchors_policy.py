"""What a signer's certificate has to be for, and whose it has to be (RFC 5280 §4.2.1)."""

from typing import Any

import pytest
from cryptography import x509

from tests.jose.jwk.certificates import (
    ANY,
    AUTHORITY,
    AUTHORITY_KEY,
    CLIENT,
    ROOT,
    SERVER,
    at,
    authority,
    authority_extensions,
    names,
    pem,
    purposes,
    signer,
    x5c,
)
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk import TrustAnchors

NOW = at(days=30)
ANCHORS = TrustAnchors.from_pem(pem(ROOT), purpose=None, name=None)


def refusal_of(chain: Any, *, anchors: TrustAnchors = ANCHORS) -> KeyMaterialError:
    with pytest.raises(KeyMaterialError) as refusal:
        anchors.verify(chain, now=NOW)
    return refusal.value


@pytest.mark.parametrize(
    ("listed", "good"), [([CLIENT], True), ([SERVER, CLIENT], True), ([SERVER], False), ([ANY], False), ([], False)]
)
def test_the_purpose_asked_for_has_to_be_named(listed: list[str], good: bool) -> None:
    """C06: a certificate of a web server is none for tokens; "any" names nothing."""
    anchors = TrustAnchors.from_pem(pem(ROOT), purpose=CLIENT, name=None)
    chain = x5c(signer(*([purposes(*listed)] if listed else [])), AUTHORITY)
    if good:
        assert anchors.verify(chain, now=NOW)
        return
    assert refusal_of(chain, anchors=anchors).code == "untrusted_certificate"


def test_no_purpose_is_asked_for_where_none_is_written_out() -> None:
    """C06: explicit, for authorities that certify nobody but token signers."""
    for listed in ([SERVER], [ANY], [CLIENT]):
        assert ANCHORS.verify(x5c(signer(purposes(*listed)), authority(*_extensions(), purposes(SERVER))), now=NOW)
    for misuse in ({}, {"purpose": None}, {"name": None}):
        with pytest.raises(TypeError):
            TrustAnchors.from_pem(pem(ROOT), **misuse)  # type: ignore[call-arg]


def _extensions() -> list[x509.ExtensionType]:
    return authority_extensions(AUTHORITY_KEY)


@pytest.mark.parametrize(("listed", "good"), [([CLIENT], True), ([ANY], True), ([], True), ([SERVER], False)])
def test_an_authority_certifies_for_its_own_purposes(listed: list[str], good: bool) -> None:
    """RFC 5280 §4.2.1.12 restricts who lists purposes; TLS's own purpose plays no part here."""
    code_signing = "1.3.6.1.5.5.7.3.3"
    swap = {CLIENT: code_signing}
    for purpose, chosen in ((CLIENT, listed), (code_signing, [swap.get(each, each) for each in listed])):
        anchors = TrustAnchors.from_pem(pem(ROOT), purpose=purpose, name=None)
        above = authority(*_extensions(), *([purposes(*chosen)] if chosen else []))
        chain = x5c(signer(purposes(purpose)), above)
        if good:
            assert anchors.verify(chain, now=NOW)
        else:
            assert refusal_of(chain, anchors=anchors).code == "untrusted_certificate"


@pytest.mark.parametrize(
    ("extension", "good"),
    [
        (names(dns=["id.example"]), True),
        (names(uris=["https://other.example", "id.example"]), True),
        (names(dns=["ID.example"]), False),
        (names(dns=["*.example"]), False),
        (names(dns=["id.example.com"]), False),
        (names(uris=["https://id.example"]), False),
        (x509.SubjectAlternativeName([x509.RFC822Name("id.example")]), False),
        (None, False),
    ],
)
def test_the_name_asked_for_has_to_be_there(extension: x509.SubjectAlternativeName | None, good: bool) -> None:
    """C06: letter by letter; neither a wildcard nor the common name stands in for it."""
    anchors = TrustAnchors.from_pem(pem(ROOT), purpose=None, name="id.example")
    chain = x5c(signer(*([extension] if extension else [])), AUTHORITY)
    if good:
        assert anchors.verify(chain, now=NOW)
        return
    assert refusal_of(chain, anchors=anchors).code == "untrusted_certificate"


@pytest.mark.parametrize(("dns", "good"), [("a.example", True), ("a.other", False)])
def test_an_authority_stays_within_its_names(dns: str, good: bool) -> None:
    """RFC 5280 §4.2.1.10."""
    constrained = authority(*_extensions(), x509.NameConstraints([x509.DNSName("example")], None))
    chain = x5c(signer(names(dns=[dns])), constrained)
    if good:
        assert ANCHORS.verify(chain, now=NOW)
        return
    assert refusal_of(chain).code == "untrusted_certificate"

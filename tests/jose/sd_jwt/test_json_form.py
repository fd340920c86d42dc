"""The JSON serializations: the same token, and the same checks (RFC 9901 §8)."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.jose.jwt.tokens import StoppedClock
from tests.jose.sd_jwt.credentials import (
    AUDIENCE,
    BINDING,
    HOLDER_KEY,
    KEY,
    NONCE,
    TYPE,
    holder,
    issuer,
    load,
    verifier,
    write,
)
from tokensmith.jose import JoseError, Key, KeySet, base64url, jws, jwt, sd_jwt
from tokensmith.jose.errors import (
    InvalidSignatureError,
    KeyMaterialError,
    MalformedTokenError,
    UnacceptableTokenError,
)
from tokensmith.jose.limits import Limits
from tokensmith.jose.sd_jwt import Disclosable, disclose_json

RFC = load("rfc9901-json.json")
RFC_KEYS = KeySet([Key.from_jwk(jwk) for jwk in RFC["issuer_keys"]])
CO_SIGNER = Key.generate("ES256", kid="second")
KEYS = KeySet([KEY, CO_SIGNER])
CLAIMS = {"sub": "ada", "name": Disclosable("Ada"), "list": [Disclosable("DE"), Disclosable("FR")]}
FLATTENED = issuer().issue_json(CLAIMS, holder=HOLDER_KEY)
GENERAL = issuer().issue_json(CLAIMS, holder=HOLDER_KEY, co_signers=[CO_SIGNER])
FORMS = [FLATTENED, GENERAL]
OPTIONS: dict[str, Any] = {"disclose": ["name", ("list", 1)], "audience": AUDIENCE, "nonce": NONCE}
BOUND = [holder().present_json(form, **OPTIONS) for form in FORMS]


def refusal(source: Any, *, bound: bool = False, **options: Any) -> JoseError:
    checking = verifier(**{"keys": KEYS, "key_binding": BINDING if bound else sd_jwt.NOT_REQUIRED, **options})
    with pytest.raises(JoseError) as caught:
        checking.verify_json(source, nonce=NONCE if bound else None)
    return caught.value


def changed(source: Any, change: Callable[[Any], object]) -> Any:
    """Copy an object, and do something to the copy."""
    copied = copy.deepcopy(source)
    change(copied)
    return copied


def first_header(source: Any) -> Any:
    return source["signatures"][0]["header"] if "signatures" in source else source["header"]


# --- RFC 9901 §8.2, §8.3


@pytest.mark.parametrize("name", ["flattened_presented", "general_presented"])
def test_the_printed_presentations_are_verified(name: str) -> None:
    """§8.2, §8.3: the proof is over the compact form, with the first signature."""
    checking = sd_jwt.Verifier(
        RFC_KEYS if name.startswith("general") else Key.from_jwk({**RFC["issuer_keys"][0], "kid": "issuer-key-1"}),
        issuer="https://issuer.example.com",
        audience=jwt.ANY,
        typ=TYPE,
        key_binding=sd_jwt.KeyBinding(audience="https://verifier.example.org", max_age=60),
        clock=StoppedClock(1_748_537_243),
    )
    verified = checking.verify_json(RFC[name], nonce="1234567890")

    assert verified.claims["given_name"] == "John"
    assert {*verified.disclosed} == {("given_name",), ("family_name",)}


def test_the_printed_issuance_is_verified_and_presented_as_printed() -> None:
    """§8.2."""
    issued = RFC["flattened_issued"]
    chosen = disclose_json(issued, ["given_name", "family_name"])
    printed = changed(RFC["flattened_presented"], lambda source: source["header"].pop("kb_jwt"))

    assert sorted(first_header(chosen)["disclosures"]) == sorted(first_header(printed)["disclosures"])
    assert changed(chosen, lambda source: source.pop("header")) == changed(printed, lambda source: source.pop("header"))


# --- the way there and back


@pytest.mark.parametrize("form", FORMS, ids=["flattened", "general"])
def test_what_is_issued_is_verified(form: Any) -> None:
    for source in (form, json.dumps(form), json.dumps(form).encode()):
        verified = verifier(KEYS).verify_json(source)
        assert (verified.claims["name"], verified.claims["list"]) == ("Ada", ("DE", "FR"))
        assert verified.key is KEY


@pytest.mark.parametrize("form", FORMS, ids=["flattened", "general"])
def test_what_is_chosen_is_shown(form: Any) -> None:
    verified = verifier(KEYS).verify_json(disclose_json(form, ["name"]))

    assert verified.claims["name"] == "Ada"
    assert verified.claims["list"] == ()
    assert verifier(KEYS).verify_json(disclose_json(form, [])).disclosed == ()


@pytest.mark.parametrize("shown", BOUND, ids=["flattened", "general"])
def test_a_proof_passes(shown: Any) -> None:
    verified = verifier(KEYS, key_binding=BINDING).verify_json(shown, nonce=NONCE)

    assert verified.disclosed == (("list", 0), ("name",))
    assert verified.key_binding is not None


def test_the_compact_form_is_the_same_token() -> None:
    """§8.1: it is what "sd_hash" is over."""
    shown: Any = BOUND[0]
    header = shown["header"]
    issuer_signed = f"{shown['protected']}.{shown['payload']}.{shown['signature']}"
    text = "~".join((issuer_signed, *header["disclosures"], header["kb_jwt"]))

    assert verifier(key_binding=BINDING).verify(text, nonce=NONCE).claims["name"] == "Ada"


def test_what_the_holder_is_given_stays_as_it_is() -> None:
    before = copy.deepcopy(FORMS)
    for form in FORMS:
        disclose_json(form, [])
        holder().present_json(form, **OPTIONS)

    assert before == FORMS


def test_other_members_of_the_unprotected_header_are_kept() -> None:
    form = changed(FLATTENED, lambda source: source["header"].update(note="x"))

    assert first_header(disclose_json(form, []))["note"] == "x"
    assert verifier(KEYS).verify_json(disclose_json(form, ["name"])).claims["name"] == "Ada"


def test_a_token_without_disclosures_needs_no_header() -> None:
    """§8.3: "If present"."""
    bare = changed(issuer().issue_json({"sub": "ada"}), lambda source: source.pop("header"))

    assert verifier().verify_json(bare).claims["sub"] == "ada"
    assert verifier().verify_json(disclose_json(bare, ["sub"])).claims["sub"] == "ada"


# --- what is refused


def test_the_policy_holds_for_this_form_too() -> None:
    """§7.3 steps 1 and 2, §4."""
    for form, shown in zip(FORMS, BOUND, strict=True):
        stripped = changed(shown, lambda source: first_header(source).pop("kb_jwt"))
        for source, bound, code in (
            (form, True, "key_binding_missing"),
            (stripped, True, "key_binding_missing"),
            (shown, False, "key_binding_unexpected"),
        ):
            error = refusal(source, bound=bound)
            assert (type(error), error.code) == (UnacceptableTokenError, code)
        with pytest.raises(JoseError) as caught:
            disclose_json(shown, [])
        assert caught.value.code == "key_binding_unexpected"


@pytest.mark.parametrize(("form", "shown"), list(zip(FORMS, BOUND, strict=True)), ids=["flattened", "general"])
def test_no_disclosure_is_added_taken_away_or_turned_around(form: Any, shown: Any) -> None:
    """§8.1: the unprotected header is covered by the proof alone."""
    kept_back = first_header(form)["disclosures"][1]
    for change in (
        lambda listed: listed.pop(),
        lambda listed: listed.reverse(),
        lambda listed: listed.append(kept_back),
    ):
        source = changed(shown, lambda source, change=change: change(first_header(source)["disclosures"]))
        error = refusal(source, bound=True)
        assert (type(error), error.code) == (UnacceptableTokenError, "wrong_sd_hash")


@pytest.mark.parametrize("member", ["disclosures", "kb_jwt"])
@pytest.mark.parametrize("value", [None, 1, {}, [1], [None], [["x"]], "", ["a~b"], [""], ["é"], "a~b", True])
def test_members_of_the_wrong_form_are_refused(member: str, value: Any) -> None:
    """§8.1: an array of Disclosures, and one Key Binding JWT."""
    source = changed(BOUND[1], lambda source: first_header(source).update({member: value}))
    error = refusal(source, bound=True)

    assert (type(error), error.code) == (MalformedTokenError, "malformed_sd_jwt")


@pytest.mark.parametrize("member", ["disclosures", "kb_jwt"])
def test_a_second_header_has_none_of_it(member: str) -> None:
    """§8.3: "MUST NOT be present in any following unprotected headers"."""
    value = first_header(BOUND[1])[member]
    source = changed(BOUND[1], lambda source: source["signatures"][1].update(header={member: value}))
    error = refusal(source, bound=True)

    assert (type(error), error.code) == (MalformedTokenError, "malformed_sd_jwt")


def test_a_token_has_its_payload() -> None:
    error = refusal(changed(FLATTENED, lambda source: source.pop("payload")))

    assert (type(error), error.code) == (MalformedTokenError, "malformed_sd_jwt")


def test_every_signature_has_to_hold() -> None:
    """CVE-2016-9122: one that holds is not enough, whichever it is."""
    for position in (0, 1):
        source = changed(GENERAL, lambda source, at=position: source["signatures"][at].update(signature="AAAA"))
        error = refusal(source)
        assert (type(error), error.code) == (InvalidSignatureError, "invalid_signature")


def test_every_signature_is_of_a_private_key_and_of_the_expected_type() -> None:
    """§4.1, §9.11; also those that come after the first."""
    payload = base64url.decode(str(FLATTENED["payload"]))
    secret = Key.generate("HS256")
    for key, header, kind, code in (
        (secret, {"typ": TYPE}, KeyMaterialError, "symmetric_key"),
        (CO_SIGNER, {"typ": "JWT"}, UnacceptableTokenError, "wrong_type"),
        (CO_SIGNER, {}, UnacceptableTokenError, "wrong_type"),
    ):
        signatories = [jws.Signatory(KEY, header={"typ": TYPE}), jws.Signatory(key, header=header)]
        error = refusal(jws.sign_json(payload, signatories), keys=KeySet([KEY, key]))
        assert (type(error), error.code) == (kind, code)


def test_a_payload_that_is_not_encoded_is_refused() -> None:
    """RFC 7797 §7: not in a JWT."""
    signed = jws.sign_json(b'{"sub":"ada"}', jws.Signatory(KEY, header={"typ": TYPE}), unencoded=True)
    error = refusal(signed)

    assert (type(error), error.code) == (UnacceptableTokenError, "unsupported_crit")


def test_the_ceilings_are_the_same() -> None:
    error = refusal(FLATTENED, limits=Limits(max_disclosures=2))
    assert (type(error), error.code) == (MalformedTokenError, "too_many_disclosures")

    error = refusal(FLATTENED, limits=Limits(max_token_bytes=100))
    assert (type(error), error.code) == (MalformedTokenError, "too_large")


def test_what_is_made_up_is_refused() -> None:
    """§7.1 step 5."""
    source = changed(FLATTENED, lambda source: first_header(source)["disclosures"].append(write("s", "role", "admin")))

    assert refusal(source).code == "unreferenced_disclosure"


@pytest.mark.parametrize("nonce", [None, ""])
def test_a_nonce_goes_with_required_key_binding(nonce: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="nonce"):
        verifier(KEYS, key_binding=BINDING).verify_json(BOUND[0], nonce=nonce)


@pytest.mark.parametrize("key", [Key.generate("HS256"), CO_SIGNER.public(), Key.generate("ECDH-ES")])
def test_a_co_signer_has_a_private_key(key: Key) -> None:
    with pytest.raises(KeyMaterialError):
        issuer().issue_json({}, co_signers=[key])


@pytest.mark.parametrize("source", [None, 1, [FLATTENED]])
def test_a_token_in_json_is_a_mapping_or_its_text(source: Any) -> None:
    with pytest.raises(TypeError):
        verifier().verify_json(source)

"""The holder's step: what is chosen is shown, and nothing else."""

import json
from typing import Any

import pytest

from tests.jose.jwt.tokens import NOW, StoppedClock
from tests.jose.sd_jwt.credentials import (
    AUDIENCE,
    BINDING,
    HOLDER_KEY,
    KEY,
    NONCE,
    bound_token,
    claims_of,
    digest,
    holder,
    issuer,
    prove,
    spell_sd_jwt,
    verifier,
    write,
)
from tokensmith.jose import JoseError, Key, base64url, sd_jwt
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.limits import Limits
from tokensmith.jose.sd_jwt import Disclosable, disclose

CLAIMS = {
    "sub": "ada",
    "name": Disclosable("Ada"),
    "address": Disclosable({"country": "GB", "city": Disclosable("London"), "street": Disclosable("St James's")}),
    "nationalities": ["GB", Disclosable("FR"), Disclosable("DE")],
    "visible": {"hidden": Disclosable(1)},
}
CREDENTIAL = issuer().issue(CLAIMS, holder=HOLDER_KEY.public())
NOTHING = {"sub": "ada", "nationalities": ["GB"], "visible": {}}


def shown(*paths: Any) -> dict[str, Any]:
    """The claims a verifier sees, without the holder's key."""
    claims = claims_of(disclose(CREDENTIAL, paths))
    del claims["cnf"]
    return claims


@pytest.mark.parametrize(
    ("paths", "added"),
    [
        ([], {}),
        (["name"], {"name": "Ada"}),
        ([("name",)], {"name": "Ada"}),
        (["address"], {"address": {"country": "GB"}}),
        ([("address", "city")], {"address": {"country": "GB", "city": "London"}}),
        ([("address", "country")], {"address": {"country": "GB"}}),
        ([("nationalities", 1)], {"nationalities": ["GB", "FR"]}),
        ([("nationalities", 2)], {"nationalities": ["GB", "DE"]}),
        ([("nationalities", 2), ("nationalities", 1)], {"nationalities": ["GB", "FR", "DE"]}),
        ([("visible", "hidden")], {"visible": {"hidden": 1}}),
        (["sub", "nationalities", ("nationalities", 0), "visible", ("cnf", "jwk", "kty"), ()], {}),
    ],
)
def test_what_is_chosen_is_shown_with_what_it_stands_in(paths: list[Any], added: dict[str, Any]) -> None:
    """RFC 9901 §7.2 steps 1 to 3; what is hidden inside stays hidden, and what all may see may be named."""
    assert shown(*paths) == NOTHING | added


def test_nothing_else_leaves() -> None:
    """RFC 9901 §4: "the Holder MUST NOT send Disclosures or reveal the salt values in any other way"."""
    chosen = disclose(CREDENTIAL, ["name"])
    kept_back = [text for text in CREDENTIAL.split("~")[1:-1] if text not in chosen.split("~")]

    assert len(kept_back) == 6
    for text in kept_back:
        salt = json.loads(base64url.decode(text))[0]
        assert text not in chosen
        assert salt not in chosen


def test_a_choice_can_be_narrowed_further() -> None:
    """RFC 9901 §9.9."""
    once = disclose(CREDENTIAL, ["name", ("nationalities", 2)])

    # Where FR is gone, DE is in its place.
    assert disclose(once, [("nationalities", 1)]) == disclose(CREDENTIAL, [("nationalities", 2)])
    assert disclose(once, []) == disclose(CREDENTIAL, [])


def test_what_was_disclosed_can_be_chosen_from() -> None:
    """The paths a verifier reports are those the holder chooses by."""
    verified = verifier().verify(CREDENTIAL)

    assert disclose(CREDENTIAL, verified.disclosed) == CREDENTIAL
    assert {path: verified.claims[path[0]] for path in verified.disclosed if len(path) == 1}.keys() == {
        ("name",),
        ("address",),
    }


@pytest.mark.parametrize(
    "path", ["nobody", ("address", "zip"), ("nationalities", 3), ("nationalities", -1), ("nationalities", True)]
)
def test_what_is_not_there_cannot_be_chosen(path: Any) -> None:
    """Else a holder would believe to have shown it."""
    with pytest.raises(ValueError, match="There is no claim"):
        disclose(CREDENTIAL, [path])


@pytest.mark.parametrize("path", [("address", 0), ("nationalities", "0"), ("name", "x"), ("name", 0), (None,), (1.0,)])
def test_a_step_is_of_the_kind_that_it_leads_into(path: Any) -> None:
    with pytest.raises(ValueError, match="There is no claim"):
        disclose(CREDENTIAL, [path])


@pytest.mark.parametrize("paths", ["name", [["name"]], [1], [None]])
def test_paths_are_names_or_tuples(paths: Any) -> None:
    """A bare name would be read letter by letter."""
    with pytest.raises(TypeError):
        disclose(CREDENTIAL, paths)


# --- a credential that is none


def code_of(credential: str, *, limits: Limits | None = None) -> str:
    with pytest.raises(JoseError) as caught:
        disclose(credential, [], limits=limits or Limits())
    with pytest.raises(JoseError) as again:
        sd_jwt.Holder(HOLDER_KEY, limits=limits or Limits()).present(credential, disclose=[], audience="a", nonce="n")
    assert caught.value.code == again.value.code
    return caught.value.code


def test_a_holder_is_issued_no_proof() -> None:
    """RFC 9901 §7.2: "If the Holder receives an SD-JWT+KB, it MUST be rejected"."""
    assert code_of(prove(bound_token())) == "key_binding_unexpected"


def test_what_is_no_sd_jwt_is_refused() -> None:
    name = write("s", "name", "Ada")

    assert code_of("a.b~") == "malformed"
    assert code_of("a.b.c") == "malformed_sd_jwt"
    assert code_of(f"AAAA.{base64url.encode(b'[]')}.AAAA~") == "not_an_object"
    assert code_of(spell_sd_jwt({}, name)) == "unreferenced_disclosure"
    assert code_of(spell_sd_jwt({"_sd": [digest(name)] * 2}, name)) == "repeated_digest"
    assert code_of(spell_sd_jwt({}, name), limits=Limits(max_token_bytes=10)) == "too_large"


# --- the proof


def present(**options: Any) -> str:
    defaults: dict[str, Any] = {"disclose": ["name"], "audience": AUDIENCE, "nonce": NONCE}
    return holder().present(CREDENTIAL, **{**defaults, **options})


def test_a_proof_passes_our_own_verifier() -> None:
    """RFC 9901 §7.2 step 5."""
    verified = verifier(key_binding=BINDING).verify(present(), nonce=NONCE)

    assert verified.claims["name"] == "Ada"
    assert verified.disclosed == (("name",),)
    assert verified.key_binding is not None
    assert verified.key_binding.header == {"alg": "ES256", "kid": HOLDER_KEY.kid, "typ": "kb+jwt"}


def test_a_proof_says_what_it_has_to_and_no_more() -> None:
    """RFC 9901 §4.3: additional claims "SHOULD be avoided"."""
    bare = disclose(CREDENTIAL, ["name"])
    proof = present().removeprefix(bare)

    assert json.loads(base64url.decode(proof.split(".")[1])) == {
        "aud": AUDIENCE,
        "nonce": NONCE,
        "iat": NOW,
        "sd_hash": digest(bare, hash_name="sha-512"),
    }


def test_the_time_is_in_whole_seconds_rounded_down() -> None:
    proving = sd_jwt.Holder(HOLDER_KEY, clock=StoppedClock(NOW + 0.9))
    token = proving.present(CREDENTIAL, disclose=[], audience=AUDIENCE, nonce=NONCE)

    assert json.loads(base64url.decode(token.split("~")[-1].split(".")[1]))["iat"] == NOW


def test_a_holder_of_another_key_has_nothing_to_show() -> None:
    """No verifier would take it; better to know before it is sent."""
    with pytest.raises(JoseError) as caught:
        holder(Key.generate("ES256")).present(CREDENTIAL, disclose=[], audience=AUDIENCE, nonce=NONCE)
    assert caught.value.code == "holder_key"

    with pytest.raises(JoseError) as caught:
        holder().present(issuer().issue({}), disclose=[], audience=AUDIENCE, nonce=NONCE)
    assert caught.value.code == "holder_key"


@pytest.mark.parametrize(("option", "value"), [("audience", ""), ("nonce", "")])
def test_audience_and_nonce_are_not_empty(option: str, value: object) -> None:
    with pytest.raises(ValueError, match="empty"):
        present(**{option: value})


@pytest.mark.parametrize("option", ["audience", "nonce"])
@pytest.mark.parametrize("value", [None, 1, ["a"], b"a"])
def test_audience_and_nonce_are_one_string_each(option: str, value: object) -> None:
    """RFC 9901 §4.3."""
    with pytest.raises(TypeError, match=f"{option} is a string"):
        present(**{option: value})


def test_a_holder_has_a_private_key_of_his_own() -> None:
    """RFC 9901 §4.3: "A digital signature algorithm"; and a public key signs nothing."""
    with pytest.raises(KeyMaterialError) as caught:
        holder(Key.generate("HS256"))
    assert caught.value.code == "symmetric_key"

    with pytest.raises(KeyMaterialError) as caught:
        holder(KEY.public())
    assert caught.value.code == "key_operation"


def test_a_holder_is_frozen() -> None:
    proving = holder()

    with pytest.raises(AttributeError):
        proving._key = KEY
    with pytest.raises(AttributeError):
        del proving._key

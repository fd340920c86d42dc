"""From digests to claims; every step of RFC 9901 §7.1 whose answer is to reject, as a verifier answers it."""

import hashlib

import pytest

from tests.jose.sd_jwt.credentials import claims_of, digest, refusal, spell_sd_jwt, write
from tokensmith.jose import base64url
from tokensmith.jose.errors import JoseError, MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.limits import Limits

NAME = write("salt-1", "name", "Ada")
CITY = write("salt-2", "city", "London")
FRENCH = write("salt-3", "FR")


def code_of(error: JoseError, kind: type[JoseError] = MalformedTokenError) -> str:
    assert type(error) is kind
    return error.code


def test_a_claim_is_put_beside_its_digest() -> None:
    """Step 3.3.2.4."""
    assert claims_of(spell_sd_jwt({"_sd": [digest(NAME)]}, NAME)) == {"name": "Ada"}


def test_an_element_is_put_where_its_digest_was() -> None:
    """Step 3.3.3.2."""
    payload: dict[str, object] = {"list": ["DE", {"...": digest(FRENCH)}, "US"]}

    assert claims_of(spell_sd_jwt(payload, FRENCH)) == {"list": ["DE", "FR", "US"]}


def test_what_is_not_disclosed_leaves_no_trace() -> None:
    """Steps 3.3.1, 3.4 and 3.5: an unknown digest is ignored, and no digest is left; an object may become empty."""
    payload: dict[str, object] = {
        "_sd": [digest(NAME)],
        "list": ["DE", {"...": digest(FRENCH)}],
        "address": {"_sd": [digest(CITY), "no digest at all"]},
        "none": {"_sd": []},
    }

    assert claims_of(spell_sd_jwt(payload)) == {"list": ["DE"], "address": {}, "none": {}}


def test_disclosures_are_found_inside_disclosures() -> None:
    """Step 3.3.2.5, in any order."""
    address = write("salt-4", "address", {"_sd": [digest(CITY)], "list": [{"...": digest(FRENCH)}]})
    token = spell_sd_jwt({"_sd": [digest(address)]}, CITY, address, FRENCH)

    assert claims_of(token) == {"address": {"city": "London", "list": ["FR"]}}


def test_an_element_may_hold_objects_and_arrays() -> None:
    """Step 3.3.3.3."""
    inner = write("salt-5", {"_sd": [digest(CITY)], "rest": [{"...": digest(FRENCH)}]})
    token = spell_sd_jwt({"list": [[{"...": digest(inner)}]]}, inner, CITY, FRENCH)

    assert claims_of(token) == {"list": [[{"city": "London", "rest": ["FR"]}]]}


@pytest.mark.parametrize("hash_name", ["sha-256", "sha-384", "sha-512"])
def test_the_hash_is_the_named_one(hash_name: str) -> None:
    """RFC 9901 §4.1.1; the name itself is no claim (step 3.6)."""
    token = spell_sd_jwt({"_sd_alg": hash_name, "_sd": [digest(NAME, hash_name=hash_name)]}, NAME)

    assert claims_of(token) == {"name": "Ada"}


# --- step 2.4


@pytest.mark.parametrize(
    "name", ["md5", "sha-1", "sha1", "sha256", "SHA-256", "sha-256-32", "sha3-256", "", None, 1, []]
)
def test_a_hash_that_is_not_in_the_table_is_refused(name: object) -> None:
    """F15: Step 2.4, §9.4: with a hash that has collisions a holder could choose between claims. The name is exact."""
    weak = base64url.encode(hashlib.md5(NAME.encode()).digest())
    token = spell_sd_jwt({"_sd_alg": name, "_sd": [weak, digest(NAME)]}, NAME)

    assert code_of(refusal(token), UnacceptableTokenError) == "unsupported_hash"


# --- step 3


@pytest.mark.parametrize("bad", [write("s", "name"), write("s", "name", 1, 2), write("s"), write()])
def test_a_member_of_another_length_is_refused(bad: str) -> None:
    """Step 3.3.2.1."""
    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(bad)]}, bad))) == "malformed_disclosure"


@pytest.mark.parametrize("bad", [NAME, write("s"), write()])
def test_an_element_of_another_length_is_refused(bad: str) -> None:
    """Step 3.3.3.1: a claim is not taken for an element."""
    assert code_of(refusal(spell_sd_jwt({"list": [{"...": digest(bad)}]}, bad))) == "malformed_disclosure"


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_a_claim_with_a_reserved_name_is_refused(name: str) -> None:
    """F15: Step 3.3.2.2."""
    bad = write("s", name, [digest(NAME)])

    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(bad)]}, bad, NAME))) == "reserved_claim_name"


def test_a_claim_that_is_visible_already_is_refused() -> None:
    """F15: Step 3.3.2.3: what everybody sees cannot be replaced."""
    token = spell_sd_jwt({"name": "Bob", "_sd": [digest(NAME)]}, NAME)

    assert code_of(refusal(token)) == "duplicate_claim"
    assert claims_of(token.replace(NAME + "~", "")) == {"name": "Bob"}


def test_a_claim_that_is_disclosed_already_is_refused() -> None:
    """Step 3.3.2.3: two Disclosures of one name, of which a holder could choose."""
    other = write("salt-9", "name", "Eve")

    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(NAME), digest(other)]}, NAME, other))) == "duplicate_claim"


def test_the_issuers_own_claims_cannot_be_replaced() -> None:
    bad = write("s", "exp", 9_999_999_999)

    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(bad)]}, bad))) == "duplicate_claim"


@pytest.mark.parametrize("digests", [None, "text", {}, {"a": 1}, [1], ["text", None], [["text"]]])
def test_digests_of_members_are_a_list_of_text(digests: object) -> None:
    """Step 3.2.1, §4.1 rule 7: "_sd" is used for nothing else."""
    for payload in ({"_sd": digests}, {"a": [{"b": {"_sd": digests}}]}):
        assert code_of(refusal(spell_sd_jwt(payload))) == "malformed_digests"


@pytest.mark.parametrize("element", [{"...": 1}, {"...": None}, {"...": ["x"]}, {"...": "x", "a": 1}])
def test_the_digest_of_an_element_is_text_and_alone(element: object) -> None:
    """Step 3.2.2, §4.2.4.2: "There MUST NOT be any other keys in the object"."""
    assert code_of(refusal(spell_sd_jwt({"list": [element]}))) == "malformed_digests"


@pytest.mark.parametrize("payload", [{"...": "x"}, {"a": {"...": "x"}}, {"a": {"_sd_alg": "sha-256"}}])
def test_reserved_names_stand_nowhere_else(payload: dict[str, object]) -> None:
    """§4.1 rule 7 and §4.1.1: "It MUST NOT be used in any object nested within the payload"."""
    assert code_of(refusal(spell_sd_jwt(payload))) == "malformed_digests"


def test_reserved_names_stand_nowhere_inside_a_disclosure_either() -> None:
    bad = write("s", "a", {"_sd_alg": "sha-256"})

    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(bad)]}, bad))) == "malformed_digests"


# --- step 4


def payloads_with_a_digest_twice(repeated: str) -> list[dict[str, object]]:
    return [
        {"_sd": [repeated, repeated]},
        {"_sd": [repeated], "a": {"_sd": [repeated]}},
        {"_sd": [repeated], "list": [{"...": repeated}]},
        {"list": [{"...": repeated}, {"...": repeated}]},
        {"list": [{"...": repeated}], "more": [[{"...": repeated}]]},
    ]


@pytest.mark.parametrize("place", range(5))
def test_a_digest_is_met_once(place: int) -> None:
    """Step 4; also one that nothing belongs to, such as a decoy (F15)."""
    assert code_of(refusal(spell_sd_jwt(payloads_with_a_digest_twice(digest(NAME))[place]))) == "repeated_digest"


def test_a_digest_is_met_once_with_its_disclosure() -> None:
    """Step 4: else one Disclosure would be a claim in two places."""
    token = spell_sd_jwt({"a": {"_sd": [digest(NAME)]}, "b": {"_sd": [digest(NAME)]}}, NAME)

    assert code_of(refusal(token)) == "repeated_digest"


def test_a_digest_inside_a_disclosure_counts() -> None:
    """Step 4: "directly or recursively via other Disclosures"."""
    outer = write("s", "outer", {"_sd": [digest(NAME)]})

    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(NAME), digest(outer)]}, outer))) == "repeated_digest"


# --- step 5


def test_a_disclosure_nobody_signed_for_is_refused() -> None:
    """F15: Step 5: a claim made up by the holder (§9.2)."""
    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(NAME)]}, NAME, CITY))) == "unreferenced_disclosure"
    assert code_of(refusal(spell_sd_jwt({}, "not-even-json"))) == "unreferenced_disclosure"


def test_a_disclosure_needs_those_it_is_inside_of() -> None:
    """Step 5, §4.2.6: its digest stands in something that was not disclosed."""
    address = write("salt-4", "address", {"_sd": [digest(CITY)]})

    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(address)]}, CITY))) == "unreferenced_disclosure"


def test_two_disclosures_cannot_vouch_for_each_other() -> None:
    """Only what the payload leads to counts; hashing keeps a circle from closing, and nothing follows one."""
    outer = write("s", "outer", {"_sd": [digest(NAME)]})

    assert code_of(refusal(spell_sd_jwt({}, outer, NAME))) == "unreferenced_disclosure"


def test_a_disclosure_is_sent_once() -> None:
    """§4: a holder must not "send a Disclosure more than once"."""
    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(NAME)]}, NAME, NAME))) == "repeated_disclosure"


@pytest.mark.parametrize("changed", [NAME[:-4] + "AAAA", NAME + "=", base64url.encode(b'["salt-1", "name", "Eve"]')])
def test_a_changed_disclosure_is_refused(changed: str) -> None:
    """§9.2: the digest is over the very text."""
    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(NAME)]}, changed))) == "unreferenced_disclosure"


# --- ceilings


def chain(levels: int) -> tuple[str, ...]:
    """Disclosures inside each other, which lead *levels* deep; the outermost comes first."""
    inner = write("s0", "a", {})
    found = [inner]
    for number in range(1, levels - 1):
        inner = write(f"s{number}", "a", {"_sd": [digest(inner)]})
        found.append(inner)
    return tuple(reversed(found))


def test_disclosures_inside_each_other_have_a_common_depth() -> None:
    """Each is flat; two hundred of them would still be two hundred levels (F15: "recursion cap")."""
    fits, too_deep = chain(32), chain(33)

    assert claims_of(spell_sd_jwt({"_sd": [digest(fits[0])]}, *fits))
    assert code_of(refusal(spell_sd_jwt({"_sd": [digest(too_deep[0])]}, *too_deep))) == "too_deep"


def test_the_depth_is_the_verifiers() -> None:
    token = spell_sd_jwt({"list": [{"...": digest(FRENCH)}]}, FRENCH)
    nested = write("s", [["FR"]])
    deep = spell_sd_jwt({"list": [{"...": digest(nested)}]}, nested)

    assert claims_of(token, limits=Limits(max_json_depth=3))
    assert claims_of(deep, limits=Limits(max_json_depth=4))
    assert code_of(refusal(deep, limits=Limits(max_json_depth=3))) == "too_deep"

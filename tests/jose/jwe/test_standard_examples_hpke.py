"""The examples of draft-ietf-jose-hpke-encrypt-20, Appendix A."""

import json
from typing import Any

import pytest

from tests.jose.jwe.tokens import DRAFTS
from tests.jose.jwe.vectors import load
from tokensmith.jose import Key, KeySet, jwe
from tokensmith.jose.errors import UnacceptableTokenError

EXAMPLES = load("draft-jose-hpke-encrypt-20.json")
AAD = b"The Fellowship of the Ring"
by_name = pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each["alg"])


@by_name
def test_the_examples_decrypt(example: dict[str, Any]) -> None:
    """Appendix A.1 to A.16: both forms, and the key's id is its thumbprint."""
    key = Key.from_jwk(example["jwk"])
    compact = jwe.decrypt(example["compact"], KeySet([key]), drafts=DRAFTS)
    flattened = jwe.decrypt_json(json.dumps(example["flattened"]), key, drafts=DRAFTS)

    assert compact.plaintext.startswith(b"You can trust us to stick with you")
    assert compact.plaintext == flattened.plaintext
    assert (compact.aad, flattened.aad) == (b"", AAD)
    assert compact.header.alg == key.alg == example["alg"]
    assert key.kid == key.thumbprint()


@by_name
def test_the_examples_decrypt_only_where_the_draft_is_named(example: dict[str, Any]) -> None:
    """D21: with the key bound to the algorithm by its own "alg", which somebody else may have written."""
    key = Key.from_jwk(example["jwk"])
    for call, token in ((jwe.decrypt, example["compact"]), (jwe.decrypt_json, example["flattened"])):
        with pytest.raises(UnacceptableTokenError) as refusal:
            call(token, key)  # type: ignore[operator]
        assert refusal.value.code == "unsupported_algorithm"

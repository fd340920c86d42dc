"""Whose content encryption there is to choose among the algorithms of a draft."""

import pytest

from tests.jose.jwe.test_drafts import INTEGRATED, WRAPPING, refusal_of
from tests.jose.jwe.tokens import DRAFTS, header_of
from tokensmith.jose import jwe
from tokensmith.jose.errors import KeyMaterialError


def test_a_key_of_the_draft_has_no_enc_to_choose() -> None:
    for enc in ("A256GCM", "HPKE-0", ""):
        with pytest.raises(ValueError, match="enc"):
            jwe.encrypt(b"", INTEGRATED, drafts=DRAFTS, header={"enc": enc})
        refusal = refusal_of(jwe.encrypt, b"", INTEGRATED, drafts=DRAFTS, enc=enc)
        assert isinstance(refusal, KeyMaterialError)
        assert refusal.code == "algorithm_mismatch"
    assert refusal_of(jwe.encrypt, b"", INTEGRATED, enc="A256GCM").code == "unsupported_algorithm"


def test_a_key_of_the_draft_that_wraps_has_an_enc_to_choose() -> None:
    token = jwe.encrypt(b"x", WRAPPING, drafts=DRAFTS, header={"enc": "A256GCM"})

    assert header_of(token)["enc"] == "A256GCM"
    assert jwe.decrypt(token, WRAPPING, drafts=DRAFTS).plaintext == b"x"

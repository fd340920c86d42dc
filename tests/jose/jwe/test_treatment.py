"""What the header says of the plaintext: "enc" and "zip" (RFC 7516 §4.1.2, §4.1.3)."""

from typing import Any

import pytest

from tokensmith.jose.errors import JoseError, MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.jwa import CONTENT_ENCRYPTIONS
from tokensmith.jose.jwe.treatment import read_treatment

ALL = CONTENT_ENCRYPTIONS.keys()


def refusal_of(header: Any, *, encs: Any = ALL, zips: Any = ()) -> JoseError:
    with pytest.raises(JoseError) as refusal:
        read_treatment(header, encs=encs, zips=zips)
    return refusal.value


@pytest.mark.parametrize("enc", ALL)
def test_enc_names_the_content_encryption(enc: str) -> None:
    treatment = read_treatment({"enc": enc}, encs=ALL, zips=())

    assert treatment.enc is CONTENT_ENCRYPTIONS[enc]
    assert not treatment.is_compressed


@pytest.mark.parametrize("header", [{}, {"enc": None}, {"enc": 1}, {"enc": ["A256GCM"]}], ids=repr)
def test_enc_has_to_be_there(header: Any) -> None:
    """RFC 7516 §4.1.2: "This Header Parameter MUST be present"."""
    refusal = refusal_of(header)

    assert isinstance(refusal, MalformedTokenError)
    assert refusal.code == "malformed_header"


@pytest.mark.parametrize("enc", ["none", "a256gcm", "A256GCM ", "A256KW", "dir", "", "A128CBC+HS256"])
def test_another_enc_is_not_accepted(enc: str) -> None:
    refusal = refusal_of({"enc": enc}, encs={*ALL, enc})

    assert isinstance(refusal, UnacceptableTokenError)
    assert refusal.code == "unsupported_algorithm"


def test_an_enc_that_the_caller_does_not_name_is_not_accepted() -> None:
    """RFC 8725 §3.1: the program says which algorithms it accepts; "alg" and "enc" apart."""
    assert read_treatment({"enc": "A256GCM"}, encs={"A256GCM"}, zips=()).enc.name == "A256GCM"
    assert refusal_of({"enc": "A128GCM"}, encs={"A256GCM"}).code == "unsupported_algorithm"
    assert refusal_of({"enc": "A128GCM"}, encs=[]).code == "unsupported_algorithm"


def test_compression_is_accepted_where_the_caller_names_it() -> None:
    """Threats D05 and D07: off by default."""
    header = {"enc": "A256GCM", "zip": "DEF"}

    assert read_treatment(header, encs=ALL, zips={"DEF"}).is_compressed
    assert not read_treatment({"enc": "A256GCM"}, encs=ALL, zips={"DEF"}).is_compressed
    assert refusal_of(header).code == "unsupported_compression"


@pytest.mark.parametrize("name", ["def", "GZIP", "", "none"])
def test_another_compression_is_not_accepted(name: str) -> None:
    assert refusal_of({"enc": "A256GCM", "zip": name}, zips={"DEF", name}).code == "unsupported_compression"


@pytest.mark.parametrize("options", [{"encs": "A256GCM", "zips": ()}, {"encs": ALL, "zips": "DEF"}])
def test_one_name_is_no_collection_of_names(options: Any) -> None:
    """In a string every part of it is found; "GCM" is in "A256GCM"."""
    with pytest.raises(TypeError):
        read_treatment({"enc": "A256GCM"}, **options)

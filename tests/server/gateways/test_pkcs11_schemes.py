"""What a token makes and signs for each of our algorithms (SoftHSM)."""

from collections.abc import Iterator

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass, Session

from tests.services.softhsm import SoftHsm
from tokensmith.jose import jws
from tokensmith.server.domain.signing_keys import SIGNING_ALGS
from tokensmith.server.gateways.pkcs11_schemes import KEY_LABEL, SCHEMES, public_key

KEY_ID = b"\x01\xff"


@pytest.fixture
def session(softhsm: SoftHsm) -> Iterator[Session]:
    with pkcs11.lib(softhsm.module).get_token(token_label=softhsm.label).open(rw=True, user_pin=softhsm.pin) as session:
        yield session


def test_there_is_a_scheme_for_each_algorithm_that_we_sign_with() -> None:
    assert set(SCHEMES) == set(SIGNING_ALGS)


@pytest.mark.parametrize("alg", SIGNING_ALGS)
def test_a_token_signs_what_its_public_key_verifies(session: Session, alg: str) -> None:
    """Raw signatures, as JOSE has them; through our own verification, which knows nothing of tokens."""
    public = public_key(alg, SCHEMES[alg].generate(session, KEY_ID))
    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=KEY_ID)
    key = public.with_signer(lambda signing_input: SCHEMES[alg].sign(private, signing_input))

    assert (public.alg, public.use, public.kid) == (alg, "sig", public.thumbprint())
    assert jws.verify(jws.sign(b"text", key), public).payload == b"text"


@pytest.mark.parametrize("alg", SIGNING_ALGS)
def test_a_private_key_cannot_be_taken_out_and_only_signs(session: Session, alg: str) -> None:
    SCHEMES[alg].generate(session, KEY_ID)
    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=KEY_ID)

    for attribute, value in {
        Attribute.TOKEN: True,
        Attribute.PRIVATE: True,
        Attribute.SENSITIVE: True,
        Attribute.ALWAYS_SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
        Attribute.NEVER_EXTRACTABLE: True,
        Attribute.SIGN: True,
        Attribute.DECRYPT: False,
        Attribute.UNWRAP: False,
        Attribute.LABEL: KEY_LABEL,
    }.items():
        assert private[attribute] == value, attribute
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        private[Attribute.VALUE if alg == "ES256" else Attribute.PRIVATE_EXPONENT]


def test_a_bare_point_is_read_as_well() -> None:
    """As tokens have it that leave the OCTET STRING out."""
    point = b"\x04" + bytes(range(32)) + bytes(range(32, 64))
    read = SCHEMES["ES256"].read_public

    assert read({Attribute.EC_POINT: point}) == read({Attribute.EC_POINT: b"\x04\x41" + point})


def test_a_zero_in_front_of_a_number_is_left_out() -> None:
    """RFC 7518 §6.3.1.1."""
    read = SCHEMES["RS256"].read_public
    bare = {Attribute.MODULUS: b"\xc1\x01", Attribute.PUBLIC_EXPONENT: b"\x01\x00\x01"}

    assert read({name: b"\x00" + value for name, value in bare.items()}) == read(bare)
    assert read(bare)["e"] == "AQAB"

"""SoftHSM, as a test is given it."""

import pkcs11
import pytest

from tests.services.softhsm import SoftHsm


def names(token: SoftHsm) -> list[str]:
    token.close_module()
    return [each.label for each in pkcs11.lib(token.module).get_tokens() if each.label]


def test_there_is_one_token_and_it_opens_with_its_pin(softhsm: SoftHsm) -> None:
    assert names(softhsm) == [softhsm.label]
    with pkcs11.lib(softhsm.module).get_token(token_label=softhsm.label).open(user_pin=softhsm.pin) as session:
        assert list(session.get_objects()) == []


def test_it_can_be_taken_away_and_brought_back(softhsm: SoftHsm) -> None:
    softhsm.take_away()
    with pytest.raises(pkcs11.PKCS11Error):
        names(softhsm)
    softhsm.bring_back()

    assert names(softhsm) == [softhsm.label]

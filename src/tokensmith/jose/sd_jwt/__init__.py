"""Selective disclosure (RFC 9901): `Issuer` signs, `Holder` chooses what to show, `Verifier` checks what is shown."""

from tokensmith.jose.sd_jwt.holder import Holder, disclose, disclose_json
from tokensmith.jose.sd_jwt.issuer import Issuer
from tokensmith.jose.sd_jwt.key_binding import NOT_REQUIRED, KeyBinding
from tokensmith.jose.sd_jwt.marks import Disclosable, Padded
from tokensmith.jose.sd_jwt.verifier import VerifiedSdJwt, Verifier

__all__ = [
    "NOT_REQUIRED",
    "Disclosable",
    "Holder",
    "Issuer",
    "KeyBinding",
    "Padded",
    "VerifiedSdJwt",
    "Verifier",
    "disclose",
    "disclose_json",
]

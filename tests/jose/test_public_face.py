"""What `tokensmith.jose` offers, and what it costs to ask for it."""

import importlib
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pytest

PUBLIC: Final[Mapping[str, list[str]]] = MappingProxyType(
    {
        "tokensmith.jose": ["JoseError", "Key", "KeySet", "jwe", "jws", "jwt", "sd_jwt"],
        "tokensmith.jose.jwe": ["DecryptedJwe", "Recipient", "decrypt", "decrypt_json", "encrypt", "encrypt_json"],
        "tokensmith.jose.jws": [
            "RefusedSignature",
            "Signatory",
            "VerifiedJsonJws",
            "VerifiedJws",
            "VerifiedSignature",
            "sign",
            "sign_json",
            "verify",
            "verify_json",
        ],
        "tokensmith.jose.jwt": [
            "ACCESS_TOKEN",
            "ANY",
            "CLIENT_ASSERTION",
            "DPOP_PROOF",
            "ID_TOKEN",
            "JWT_SVID",
            "LOGOUT_TOKEN",
            "SECURITY_EVENT",
            "STATUS_LIST",
            "Claims",
            "Clock",
            "IdTokenVerifier",
            "NestedSigner",
            "NestedVerifier",
            "Profile",
            "Signer",
            "StatusList",
            "UnverifiedJwt",
            "VerifiedJwt",
            "VerifiedNestedJwt",
            "Verifier",
            "half_hash",
            "read_unverified",
            "sign",
            "verify",
        ],
        "tokensmith.jose.sd_jwt": [
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
        ],
    }
)


@pytest.mark.parametrize("room", PUBLIC)
def test_the_public_names_are_complete_and_sorted(room: str) -> None:
    """One path per name; a name that goes missing breaks somebody's program."""
    assert importlib.import_module(room).__all__ == PUBLIC[room]


def test_importing_the_room_brings_no_network_and_no_loop() -> None:
    """A library that only computes makes no program slower to start by an event loop or a TLS stack."""
    heavy = {"asyncio", "http.client", "multiprocessing", "ssl", "urllib.request"}
    # What was there before is the interpreter's, or that of a tool which measures it.
    script = "import sys; before = set(sys.modules); import tokensmith.jose; print(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True).stdout

    assert heavy & set(loaded.split()) == set()

"""Encrypted bytes (RFC 7516): `encrypt` and `decrypt` in compact form, `encrypt_json` and `decrypt_json` in JSON."""

from tokensmith.jose.jwe.decrypt import DecryptedJwe, decrypt
from tokensmith.jose.jwe.decrypt_json import decrypt_json
from tokensmith.jose.jwe.encrypt import encrypt
from tokensmith.jose.jwe.encrypt_json import Recipient, encrypt_json

__all__ = ["DecryptedJwe", "Recipient", "decrypt", "decrypt_json", "encrypt", "encrypt_json"]

"""`tokensmith jwe`: encrypt any bytes, and decrypt them (RFC 7516).

With PBES2, the password is the key: it comes from the options for passwords, or from a prompt.
"""

from typing import Final

import click

from tokensmith.cli.given import (
    MAX_PAYLOAD_BYTES,
    PAYLOAD_LIMITS,
    STANDARD_INPUT,
    file_argument,
    json_option,
    read_bytes,
    read_token,
)
from tokensmith.cli.handed_out import hand_out, output_option
from tokensmith.cli.jws import key_name
from tokensmith.cli.key_options import KeyChoice, key_options
from tokensmith.cli.printable import as_json
from tokensmith.cli.refusals import told
from tokensmith.jose import Key, KeySet
from tokensmith.jose import jwe as encryption
from tokensmith.jose.header import media_type
from tokensmith.jose.jwa.tables import CONTENT_ENCRYPTIONS, PASSWORD_ALGORITHMS
from tokensmith.jose.jwe.drafts import DRAFTS

_ENCRYPT: Final = """\b
Examples:
  tokensmith jwe encrypt --key recipient-public.json < report.pdf > report.jwe
  tokensmith jwe encrypt --alg PBES2-HS256+A128KW < report.pdf > report.jwe
  tokensmith jwt sign --key key.json claims.json |
    tokensmith jwe encrypt --key recipient-public.json --cty JWT
"""
_DECRYPT: Final = """\b
Examples:
  tokensmith jwe decrypt --key recipient.json < report.jwe > report.pdf
  tokensmith jwe decrypt --alg PBES2-HS256+A128KW --password-file password \\
    report.jwe --output report.pdf
  tokensmith jwe decrypt --key recipient.json < token |
    tokensmith jwt verify --key public.json --issuer URI --audience URI

Exit status: 0 decrypted, 1 refused, 2 a key or an option cannot be used.
"""


_draft_option = click.option(
    "--draft",
    "drafts",
    type=click.Choice(sorted(DRAFTS)),
    multiple=True,
    help="A draft whose algorithms to use: HPKE in JWE, until it is a standard.",
)


@click.group()
def jwe() -> None:
    """Encrypted bytes of any kind.

    The key names the algorithm. A password takes its place where --alg names one of PBES2 and no key is named: it is
    asked for, or in --password-file or --password-env, and has at least 16 bytes.
    """


@jwe.command(epilog=_ENCRYPT)
@file_argument
@key_options(sets=True)
@click.option(
    "--enc", type=click.Choice(list(CONTENT_ENCRYPTIONS)), help="The content encryption.  [A256GCM, or the key's own]"
)
@click.option("--typ", help='The "typ" of the header: what kind of thing the whole is.')
@click.option("--cty", help='The "cty" of the header: what kind of thing was encrypted; JWT for a signed token.')
@_draft_option
@json_option
@output_option
def encrypt(
    file: str,
    *,
    keys: KeyChoice,
    enc: str | None,
    typ: str | None,
    cty: str | None,
    drafts: tuple[str, ...],
    is_json: bool,
    output: str | None,
) -> None:
    """Encrypt bytes to one recipient.

    That takes his public key or a shared secret. Of a set, --kid says which.
    """
    header = {name: value for name, value in (("typ", typ), ("cty", cty)) if value is not None}
    with told():
        key = _recipient(keys, input_file=file)
        plaintext = _plaintext(file, cty=cty)
        chosen = enc or key.enc
        if is_json:
            token = as_json(encryption.encrypt_json(plaintext, key, enc=chosen, header=header, drafts=drafts))
        else:
            token = encryption.encrypt(plaintext, key, enc=chosen, header=header, drafts=drafts)
    hand_out(token, output=output)


@jwe.command(epilog=_DECRYPT)
@file_argument
@key_options(sets=True)
@click.option(
    "--enc",
    "encs",
    type=click.Choice(list(CONTENT_ENCRYPTIONS)),
    multiple=True,
    help="The content encryption to accept; may be repeated.  [all]",
)
@click.option("--zip", "zips", type=click.Choice(["DEF"]), multiple=True, help="Decompress what is compressed so.")
@_draft_option
@json_option
@output_option
def decrypt(
    file: str,
    *,
    keys: KeyChoice,
    encs: tuple[str, ...],
    zips: tuple[str, ...],
    drafts: tuple[str, ...],
    is_json: bool,
    output: str | None,
) -> None:
    """Decrypt a token, and write what was in it.

    Whoever has the recipient's public key can have written it.
    """
    with told(refusal="NOT DECRYPTED"):
        source = _password_key(keys, input_file=file) or keys.source(input_file=file)
        read = encryption.decrypt_json if is_json else encryption.decrypt
        accepted = encs or CONTENT_ENCRYPTIONS.keys()
        token = read_token(file)
        decrypted = read(token, source, encs=accepted, zips=zips, drafts=drafts, limits=PAYLOAD_LIMITS)
    hand_out(decrypted.plaintext, output=output)
    click.echo(f"Decrypted with {key_name(decrypted.key)}; who wrote it was NOT checked.", err=True)


def _plaintext(file: str, *, cty: str | None) -> bytes:
    # A token has no line end, and a verifier accepts none; pipes and editors add one.
    if cty is not None and media_type(cty) == "jwt":
        return read_token(file).encode()
    return read_bytes(file, what="the bytes to encrypt", max_bytes=MAX_PAYLOAD_BYTES)


def _recipient(keys: KeyChoice, *, input_file: str) -> Key:
    source = _password_key(keys, input_file=input_file, is_new=True) or keys.source(input_file=input_file)
    if isinstance(source, KeySet):
        fitting = [key for key in source if key.is_for_encryption and keys.kid in (None, key.kid)]
        if len(fitting) != 1:
            raise click.UsageError(f"The set has {len(fitting)} such keys for encryption; --kid names one.")
        return fitting[0]
    return source


def _password_key(keys: KeyChoice, *, input_file: str, is_new: bool = False) -> Key | None:
    """Make the key of a password; None where the options name a key, or no algorithm for passwords."""
    if keys.alg not in PASSWORD_ALGORITHMS or keys.is_named:
        return None
    if keys.passwords.file == STANDARD_INPUT == input_file:
        raise click.UsageError("Standard input can be read once: name a file for the password or for the rest.")
    if is_new:
        password: bytes | None = keys.passwords.ask_for_new(option="--password-file")
    else:
        password = keys.passwords.ask("Password")
    if password is None:
        raise click.UsageError("There is no terminal to ask for the password: say --password-file FILE.")
    return Key.from_password(password, alg=str(keys.alg), kid=keys.kid)

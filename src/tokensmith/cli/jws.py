"""`tokensmith jws`: sign any bytes, and check such a signature (RFC 7515, compact form)."""

from typing import Final

import click

from tokensmith.cli.given import MAX_PAYLOAD_BYTES, PAYLOAD_LIMITS, file_argument, read_bytes, read_token
from tokensmith.cli.handed_out import hand_out, output_option
from tokensmith.cli.key_options import KeyChoice, key_options
from tokensmith.cli.printable import one_line
from tokensmith.cli.refusals import told
from tokensmith.jose import Key
from tokensmith.jose import jws as signatures

_SIGN: Final = """\b
Examples:
  tokensmith jws sign --key key.json < report.pdf > report.jws
  echo hello | tokensmith jws sign --key secret.txt --alg HS256
"""
_VERIFY: Final = """\b
Examples:
  tokensmith jws verify --key public.json < report.jws > report.pdf
  tokensmith jws verify --jwks keys.json report.jws --output report.pdf

Exit status: 0 verified, 1 refused, 2 a key or an option cannot be used.
"""


@click.group()
def jws() -> None:
    """Signed bytes of any kind, in compact form; for tokens see `tokensmith jwt`."""


@jws.command(epilog=_SIGN)
@file_argument
@key_options(sets=False)
@click.option("--typ", help='The "typ" of the header: what kind of thing the whole is.')
@click.option("--cty", help='The "cty" of the header: what kind of thing was signed.')
@output_option
def sign(file: str, *, keys: KeyChoice, typ: str | None, cty: str | None, output: str | None) -> None:
    """Sign bytes; they stay readable for everybody."""
    header = {name: value for name, value in (("typ", typ), ("cty", cty)) if value is not None}
    with told():
        key = keys.key(input_file=file)
        payload = read_bytes(file, what="the bytes to sign", max_bytes=MAX_PAYLOAD_BYTES)
        hand_out(signatures.sign(payload, key, header=header), output=output)


@jws.command(epilog=_VERIFY)
@file_argument
@key_options(sets=True)
@output_option
def verify(file: str, *, keys: KeyChoice, output: str | None) -> None:
    """Check a signature, and write what was signed.

    What the bytes mean, whom they are for and how old they are is not looked at.
    """
    with told():
        source = keys.source(input_file=file)
        verified = signatures.verify(read_token(file), source, limits=PAYLOAD_LIMITS)
    hand_out(verified.payload, output=output)
    click.echo(f"Signature VERIFIED with {key_name(verified.key)}; nothing else was checked.", err=True)


def key_name(key: Key) -> str:
    """Name a key for a person."""
    return f"{key.alg} key" if key.kid is None else f"{key.alg} key {one_line(key.kid)}"

"""`tokensmith jws`: sign any bytes, and check such a signature (RFC 7515).

A token without its payload is a signature beside a file, as other tools for signing files make it (Appendix F).
"""

from typing import Final

import click

from tokensmith.cli.given import (
    MAX_PAYLOAD_BYTES,
    PAYLOAD_LIMITS,
    STANDARD_INPUT,
    file_argument,
    file_or_dash,
    json_option,
    read_bytes,
    read_token,
)
from tokensmith.cli.handed_out import hand_out, output_option
from tokensmith.cli.key_options import KeyChoice, key_options
from tokensmith.cli.printable import as_json, one_line
from tokensmith.cli.refusals import told
from tokensmith.jose import Key, KeySet
from tokensmith.jose import jws as signatures

_SIGN: Final = """\b
Examples:
  tokensmith jws sign --key key.json < report.pdf > report.jws
  tokensmith jws sign --key key.json --detached report.pdf > report.pdf.sig
  echo hello | tokensmith jws sign --key secret.txt --alg HS256
"""
_VERIFY: Final = """\b
Examples:
  tokensmith jws verify --key public.json < report.jws > report.pdf
  tokensmith jws verify --key public.json --detached report.pdf report.pdf.sig
  tokensmith jws verify --jwks keys.json report.jws --output report.pdf

Exit status: 0 verified, 1 refused, 2 a key or an option cannot be used.
"""


@click.group()
def jws() -> None:
    """Signed bytes of any kind; for tokens see `tokensmith jwt`."""


@jws.command(epilog=_SIGN)
@file_argument
@key_options(sets=False)
@click.option("--typ", help='The "typ" of the header: what kind of thing the whole is.')
@click.option("--cty", help='The "cty" of the header: what kind of thing was signed.')
@click.option("--detached", is_flag=True, help="Leave the bytes out: a signature to go beside them.")
@json_option
@output_option
def sign(
    file: str,
    *,
    keys: KeyChoice,
    typ: str | None,
    cty: str | None,
    detached: bool,
    is_json: bool,
    output: str | None,
) -> None:
    """Sign bytes; they stay readable for everybody."""
    header = {name: value for name, value in (("typ", typ), ("cty", cty)) if value is not None}
    with told():
        key = keys.key(input_file=file)
        payload = read_bytes(file, what="the bytes to sign", max_bytes=MAX_PAYLOAD_BYTES)
        if is_json:
            signatory = signatures.Signatory(key, header=header)
            token = as_json(signatures.sign_json(payload, signatory, detached=detached))
        else:
            token = signatures.sign(payload, key, header=header, detached=detached)
    hand_out(token, output=output)


@jws.command(epilog=_VERIFY)
@file_argument
@key_options(sets=True)
@click.option(
    "--detached",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    callback=file_or_dash,
    help="What was signed, where it is not in the token; written only with --output.",
)
@json_option
@output_option
def verify(file: str, *, keys: KeyChoice, detached: str | None, is_json: bool, output: str | None) -> None:
    """Check a signature, and write what was signed.

    What the bytes mean, whom they are for and how old they are is not looked at. Of JSON, all signatures have to hold.
    """
    with told():
        source = keys.source(input_file=file)
        payload = None if detached is None else _beside(detached, input_file=file)
        signed, signers = _checked(read_token(file), source, payload, is_json=is_json)
    if detached is None or output is not None:
        hand_out(signed, output=output)
    for key in signers:
        click.echo(f"Signature VERIFIED with {key_name(key)}; nothing else was checked.", err=True)


def _beside(detached: str, *, input_file: str) -> bytes:
    if detached == STANDARD_INPUT == input_file:
        raise click.UsageError("Standard input can be read once: name a file for the token or for what was signed.")
    return read_bytes(detached, what="the bytes that were signed", max_bytes=MAX_PAYLOAD_BYTES)


def _checked(token: str, source: Key | KeySet, payload: bytes | None, *, is_json: bool) -> tuple[bytes, list[Key]]:
    """Verify a token of either form: what was signed, and the key of each signature."""
    if is_json:
        several = signatures.verify_json(token, source, detached_payload=payload, limits=PAYLOAD_LIMITS)
        return several.payload, [each.key for each in several.signatures]
    one = signatures.verify(token, source, detached_payload=payload, limits=PAYLOAD_LIMITS)
    return one.payload, [one.key]


def key_name(key: Key) -> str:
    """Name a key for a person."""
    return f"{key.alg} key" if key.kid is None else f"{key.alg} key {one_line(key.kid)}"

"""`tokensmith jwk`: make keys, take their public half, name them, change their form, name their weaknesses."""

from typing import Final, Literal

import click

from tokensmith.cli.given import file_argument, file_or_dash, read_bytes
from tokensmith.cli.handed_out import hand_out, output_option
from tokensmith.cli.key_options import Passwords, alg_option, complete_algorithms, kid_option, password_options
from tokensmith.cli.key_text import is_key_set, parse_key, parse_key_of_any_algorithm
from tokensmith.cli.lint.of_key import lint_key
from tokensmith.cli.lint.report import ignore_option, report
from tokensmith.cli.printable import as_json
from tokensmith.cli.refusals import told
from tokensmith.jose import Key, KeySet
from tokensmith.jose.jwa.hashing import HashName
from tokensmith.jose.jwa.rsa_signature import MAX_MODULUS_BITS, MIN_MODULUS_BITS

Form = Literal["jwk", "pem", "der"]
_HASHES: Final = ("sha-256", "sha-384", "sha-512")

_GENERATE: Final = """\b
Examples:
  tokensmith jwk generate ES256 --output key.json
  tokensmith jwk generate Ed25519 | tokensmith jwk convert --to pem --private
"""
_PUBLIC: Final = """\b
Examples:
  tokensmith jwk public < key.json > public.json
  tokensmith jwk public --alg RS256 key.pem
"""
_THUMBPRINT: Final = """\b
Examples:
  tokensmith jwk thumbprint < key.json
  tokensmith jwk thumbprint --uri --hash sha-512 key.pem
"""
_CONVERT: Final = """\b
Examples:
  tokensmith jwk convert --to pem < key.json
  tokensmith jwk convert --to pem --private --encrypt -o key.pem < key.json
  tokensmith jwk convert --to jwk --alg PS256 < key.pem
"""
_LINT: Final = """\b
Examples:
  tokensmith jwk lint < key.json
  tokensmith jwk lint --ignore K02 keys.json

Exit status: 0 nothing serious, 1 something serious, 2 no key or wrong options.
docs/lint.md explains every number.
"""


@click.group()
def jwk() -> None:
    """Keys: make them, take the public half, name them, change their form.

    A key is read from FILE, or from standard input without one.
    """


@jwk.command(epilog=_GENERATE)
@click.argument("alg", shell_complete=complete_algorithms)
@click.option("--kid", help="The key's id.  [its thumbprint; of a secret, random]")
@click.option(
    "--bits",
    type=click.IntRange(MIN_MODULUS_BITS, MAX_MODULUS_BITS),
    default=MIN_MODULUS_BITS,
    show_default=True,
    help="Size of an RSA modulus.",
)
@click.option("--crv", help="The curve, where ALG works with several, such as X25519 for ECDH-ES.")
@output_option
def generate(alg: str, *, kid: str | None, bits: int, crv: str | None, output: str | None) -> None:
    """Make a private key or a secret for ALG, as JWK.

    ES256, Ed25519 and PS256 sign with a pair of keys, HS256 with a shared secret. ECDH-ES and RSA-OAEP-256 encrypt to
    a pair of keys, A256KW and dir with a shared secret.
    """
    with told():
        key = Key.generate(alg, kid=kid, crv=crv, rsa_bits=bits)
        hand_out(as_json(key.to_jwk(private=True)), output=output)


@jwk.command(epilog=_PUBLIC)
@file_argument
@alg_option
@kid_option
@password_options
@output_option
def public(file: str, *, alg: str | None, kid: str | None, passwords: Passwords, output: str | None) -> None:
    """Write the public half of a key or a set.

    The result is a JWK, or a JWK Set without its secrets.
    """
    data = read_bytes(file, what="a key")
    with told():
        if is_key_set(data):
            keys = KeySet.from_jwks(data)
            for skipped in keys.skipped:
                click.echo(f"Key {skipped.position} is left out: {skipped.reason} [{skipped.code}]", err=True)
            hand_out(as_json(keys.to_jwks()), output=output)
            return
        key = parse_key(data, alg=alg, kid=kid, ask=passwords.ask)
        hand_out(as_json(key.public().to_jwk()), output=output)


@jwk.command(epilog=_THUMBPRINT)
@file_argument
@click.option("--uri", is_flag=True, help="As a URI (RFC 9278).")
@click.option("--hash", "hash_name", type=click.Choice(_HASHES), default=_HASHES[0], show_default=True)
@password_options
def thumbprint(file: str, *, uri: bool, hash_name: HashName, passwords: Passwords) -> None:
    """Write the thumbprint of a key (RFC 7638).

    It is the same for both halves of a pair, and in every form.
    """
    data = read_bytes(file, what="a key")
    with told():
        key = parse_key_of_any_algorithm(data, ask=passwords.ask)
        click.echo((key.thumbprint_uri if uri else key.thumbprint)(hash_name=hash_name))


@jwk.command(epilog=_CONVERT)
@file_argument
@click.option("--to", "form", type=click.Choice(["jwk", "pem", "der"]), required=True, help="The form to write.")
@click.option("--private", is_flag=True, help="Write the private half, too; without this it never is.")
@click.option("--encrypt", is_flag=True, help="Encrypt the private half; a new password is asked for.")
@click.option(
    "--new-password-file",
    metavar="FILE",
    type=click.Path(),
    callback=file_or_dash,
    help="The new password: the first line of a file.",
)
@click.option("--new-password-env", metavar="NAME", help="The same, in a variable of the environment.")
@alg_option
@kid_option
@password_options
@output_option
def convert(
    file: str,
    *,
    form: Form,
    private: bool,
    encrypt: bool,
    new_password_file: str | None,
    new_password_env: str | None,
    alg: str | None,
    kid: str | None,
    passwords: Passwords,
    output: str | None,
) -> None:
    """Write a key in another form.

    That is its public half, unless --private is said. PEM and DER hold neither alg nor kid: only a JWK needs --alg
    where the key does not settle it.
    """
    if encrypt and (form == "jwk" or not private):
        raise click.UsageError("--encrypt belongs to --private, and to PEM or DER.")
    # Else the key would be written in the clear by somebody who has just named its password.
    if not encrypt and (new_password_file is not None or new_password_env is not None):
        raise click.UsageError("A new password belongs to --encrypt.")
    data = read_bytes(file, what="a key")
    new_passwords = Passwords(file=new_password_file, variable=new_password_env)
    new_password = new_passwords.ask_for_new(option="--new-password-file") if encrypt else None
    with told():
        if form != "jwk" and alg is None:
            key = parse_key_of_any_algorithm(data, ask=passwords.ask)
        else:
            key = parse_key(data, alg=alg, kid=kid, ask=passwords.ask)
        hand_out(_spelled(key, form=form, private=private, password=new_password), output=output)


@jwk.command(epilog=_LINT)
@file_argument
@ignore_option
@password_options
@click.option("--json", "is_json", is_flag=True, help="For programs.")
def lint(file: str, *, ignored: frozenset[str], passwords: Passwords, is_json: bool) -> None:
    """Name each weakness of a key or a set.

    With its number, and how to fix it.
    """
    with told():
        findings = lint_key(read_bytes(file, what="a key"), ask=passwords.ask)
    report(findings, ignored=ignored, is_json=is_json, is_token=False)


def _spelled(key: Key, *, form: Form, private: bool, password: bytes | None) -> str | bytes:
    if form == "jwk":
        return as_json(key.to_jwk(private=private))
    return (key.to_pem if form == "pem" else key.to_der)(private=private, password=password)

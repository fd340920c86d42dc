"""Where a command takes its key from: a file, standard input or the environment; a password also from a prompt.

The key itself is never an argument, and neither is its password.
"""

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from click.shell_completion import CompletionItem

from tokensmith.cli.given import STANDARD_INPUT, file_or_dash, first_line, read_bytes
from tokensmith.cli.key_text import is_key_set, parse_key
from tokensmith.jose import Key, KeySet
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwa.descriptor import SignatureAlgorithm
from tokensmith.jose.jwa.tables import KEY_ALGORITHMS
from tokensmith.jose.jwk.parse import requested

Command = Callable[..., None]
_ONE_KEY: Final = "Say where the key is: --key FILE or --key-env NAME."
_TERMINAL: Final = "/dev/tty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """Where the password of an encrypted key may be."""

    file: str | None = None
    variable: str | None = None

    def ask(self, prompt: str = "Password of the key") -> bytes | None:
        """Find the password; None where nobody can be asked.

        Raises:
            UsageError: It is not where the options say.
        """
        if self.file is not None:
            return first_line(read_bytes(self.file, what="a password"))
        if self.variable is not None:
            return environment(self.variable)
        if not _has_terminal():
            return None
        return str(click.prompt(prompt, hide_input=True, err=True)).encode()

    def ask_for_new(self, *, option: str) -> bytes:
        """Find the password for something that is to be encrypted, asking twice.

        Args:
            option: What to say where nobody can be asked.

        Raises:
            UsageError: It is not where the options say, or nobody can be asked.
        """
        if self.file is not None or self.variable is not None:
            return self.ask() or b""
        if not _has_terminal():
            raise click.UsageError(f"There is no terminal to ask for the new password: say {option} FILE.")
        return str(click.prompt("New password", hide_input=True, confirmation_prompt="Once more", err=True)).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChoice:
    """A command line's answer to "which key?"."""

    file: str | None
    variable: str | None
    jwks: str | None
    alg: str | None
    kid: str | None
    passwords: Passwords

    @property
    def is_named(self) -> bool:
        """Whether the options say where a key is."""
        return (self.file, self.variable, self.jwks) != (None, None, None)

    def key(self, *, input_file: str) -> Key:
        """Read the one key.

        Args:
            input_file: Where the command reads the rest from; standard input cannot be read twice.

        Raises:
            UsageError: No key or two are named, or it is not there.
            KeyMaterialError, ValueError: As of `parse_key`.
        """
        return parse_key(self._octets(input_file), alg=self.alg, kid=self.kid, ask=self.passwords.ask)

    def source(self, *, input_file: str) -> Key | KeySet:
        """Read the key or the set of keys to verify with; arguments and errors as of `key`."""
        if self.jwks is None:
            return self.key(input_file=input_file)
        if self.file is not None or self.variable is not None:
            raise click.UsageError("Say either --jwks or a single key.")
        data = self._read(self.jwks, input_file)
        if not is_key_set(data):
            raise KeyMaterialError('This is no set of keys; one key is named with "--key".', code="malformed_key_set")
        keys = _key_set(data, alg=self.alg)
        for skipped in keys.skipped:
            click.echo(f"Key {skipped.position} of the set is left out: {skipped.reason} [{skipped.code}]", err=True)
        return keys

    def _octets(self, input_file: str) -> bytes:
        if (self.file is None) == (self.variable is None):
            raise click.UsageError(_ONE_KEY)
        return environment(self.variable) if self.variable is not None else self._read(str(self.file), input_file)

    @staticmethod
    def _read(file: str, input_file: str) -> bytes:
        if file == STANDARD_INPUT == input_file:
            raise click.UsageError("Standard input can be read once: name a file for the key or for the rest.")
        return read_bytes(file, what="a key")


def _key_set(data: bytes, *, alg: str | None) -> KeySet:
    """Read a set, *alg* being that of the keys in it that name none (RSA), or name one that is deprecated (OKP)."""
    match None if alg is None else requested(alg):
        case SignatureAlgorithm(key_type="RSA", name=name):
            return KeySet.from_jwks(data, rsa_alg=name)
        case SignatureAlgorithm(key_type="OKP", name=name):
            return KeySet.from_jwks(data, okp_alg=name)
        case _:
            return KeySet.from_jwks(data)


def environment(name: str) -> bytes:
    """Read a variable of the environment; raises `UsageError` where there is none."""
    value = os.environb.get(os.fsencode(name))
    if value is None:
        raise click.UsageError("The environment has no variable of the name given.")
    return value


def complete_algorithms(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the names of algorithms to a shell."""
    return [CompletionItem(name) for name in KEY_ALGORITHMS if name.startswith(incomplete)]


alg_option: Final = click.option(
    "--alg",
    metavar="ALG",
    shell_complete=complete_algorithms,
    help="The key's algorithm, where the key does not settle it: PEM of RSA keys, bare secrets.",
)
kid_option: Final = click.option("--kid", help="The key's id, where the key has none.")


def password_options(command: Command) -> Command:
    """Give a command `--password-file` and `--password-env`, and hand it *passwords*."""

    @click.option(
        "--password-file",
        metavar="FILE",
        type=click.Path(),
        callback=file_or_dash,
        help="The password of an encrypted key: the first line of a file.",
    )
    @click.option("--password-env", metavar="NAME", help="The same, in a variable of the environment.")
    @functools.wraps(command)
    def wrapped(*, password_file: str | None, password_env: str | None, **arguments: object) -> None:
        command(passwords=Passwords(file=password_file, variable=password_env), **arguments)

    return wrapped


def key_options(*, sets: bool) -> Callable[[Command], Command]:
    """Give a command the options that name a key, and hand it *keys*, a `KeyChoice`.

    Args:
        sets: Whether a JWK Set will do, too.
    """

    def decorate(command: Command) -> Command:
        @click.option(
            "--key",
            "key_file",
            metavar="FILE",
            type=click.Path(allow_dash=True),
            callback=file_or_dash,
            help="The key: JWK, PEM, DER, or a bare secret with --alg HS256; - is standard input.",
        )
        @click.option("--key-env", metavar="NAME", help="The same, in a variable of the environment.")
        @alg_option
        @kid_option
        @password_options
        @functools.wraps(command)
        def wrapped(
            *,
            key_file: str | None,
            key_env: str | None,
            alg: str | None,
            kid: str | None,
            passwords: Passwords,
            jwks: str | None = None,
            **arguments: object,
        ) -> None:
            keys = KeyChoice(file=key_file, variable=key_env, jwks=jwks, alg=alg, kid=kid, passwords=passwords)
            command(keys=keys, **arguments)

        return _jwks_option(wrapped) if sets else wrapped

    return decorate


_jwks_option: Final = click.option(
    "--jwks",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    callback=file_or_dash,
    help="A JWK Set to choose the key from, by the token's kid and alg.",
)


def _has_terminal() -> bool:
    """Tell whether a person can be asked, standard input aside: that may hold the token."""
    if sys.stdin.isatty():
        return True
    try:
        Path(_TERMINAL).open("rb").close()
    except OSError:
        return False
    return True

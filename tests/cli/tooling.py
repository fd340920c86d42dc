"""Runs the token tools, and has the keys and tokens they are tried with."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from tokensmith.cli.main import tokensmith
from tokensmith.jose import Key, jwt

ISSUER = "https://id.example"
AUDIENCE = "https://api.example"
EXPECTED = ("--issuer", ISSUER, "--audience", AUDIENCE)


def run(*arguments: str | Path, text: str | bytes = "", **environment: str) -> Result:
    """Run `tokensmith …` with *text* on standard input; whatever its outcome."""
    return CliRunner(env=environment).invoke(tokensmith, [str(each) for each in arguments], input=text)


def done(*arguments: str | Path, text: str | bytes = "", **environment: str) -> str:
    """Run a command that has to succeed; what it wrote to standard output."""
    result = run(*arguments, text=text, **environment)
    assert result.exit_code == 0, result.output
    return result.stdout


def failed(status: int, *arguments: str | Path, text: str | bytes = "", **environment: str) -> str:
    """Run a command that has to end with *status*, a message, and nothing on standard output."""
    result = run(*arguments, text=text, **environment)
    assert (result.exit_code, result.stdout) == (status, ""), result.output
    return result.stderr


def key_file(folder: Path, key: Key) -> Path:
    """Write a key with its private half."""
    path = folder / f"{key.alg}.json"
    path.write_text(json.dumps(key.to_jwk(private=True)))
    return path


def public_file(folder: Path, key: Key) -> Path:
    """Write the public half of a key."""
    path = folder / f"{key.alg}-public.json"
    path.write_text(json.dumps(key.to_jwk()))
    return path


def token_of(key: Key, **claims: Any) -> str:
    """Sign a token that is good for a quarter of an hour."""
    return jwt.sign({"sub": "ada", **claims}, key, issuer=ISSUER, audience=AUDIENCE)

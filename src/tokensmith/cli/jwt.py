"""`tokensmith jwt`: sign claims, verify a token, look at one, name its weaknesses."""

from datetime import timedelta
from typing import Final

import click
from rich.console import Console

from tokensmith.cli.duration import DURATION
from tokensmith.cli.given import file_argument, read_bytes, read_token
from tokensmith.cli.handed_out import hand_out, output_option
from tokensmith.cli.jws import key_name
from tokensmith.cli.key_options import KeyChoice, key_options
from tokensmith.cli.lint.of_token import lint_token
from tokensmith.cli.lint.report import ignore_option, report
from tokensmith.cli.loose_token import read_loosely
from tokensmith.cli.printable import as_json
from tokensmith.cli.refusals import UnusableError, told
from tokensmith.cli.token_view import TokenView, token_members
from tokensmith.jose import JoseError, strict_json
from tokensmith.jose import jwt as tokens
from tokensmith.jose.jwt.numeric_date import SYSTEM_CLOCK
from tokensmith.jose.jwt.rules import Expected
from tokensmith.jose.jwt.signer import DEFAULT_LIFETIME

_SIGN: Final = """\b
Examples:
  echo '{"sub":"ada"}' | tokensmith jwt sign --key key.json --lifetime 15m \\
    --issuer https://id.example --audience https://api.example
  tokensmith jwt sign --key secret.txt --alg HS256 claims.json
"""
_VERIFY: Final = """\b
Examples:
  tokensmith jwt verify --key public.json < token \\
    --issuer https://id.example --audience https://api.example
  tokensmith jwt verify --jwks keys.json --any-issuer --any-audience < token

Exit status: 0 verified, 1 refused, 2 a key or an option cannot be used.
"""
_INSPECT: Final = """\b
Examples:
  tokensmith jwt inspect < token
  pbpaste | tokensmith jwt inspect
  tokensmith jwt inspect --json < token | jq .claims

Nothing is verified. Colours go to terminals alone, and not where NO_COLOR is set.
"""
_LINT: Final = """\b
Examples:
  tokensmith jwt lint < token
  tokensmith jwt lint --ignore L07 --json < token

Exit status: 0 nothing serious, 1 something serious or no token, 2 wrong options.
docs/lint.md explains every number. Keys: tokensmith jwk lint.
"""


@click.group()
def jwt() -> None:
    """Tokens: sign claims, verify, look at one without verifying, name its weaknesses.

    A token is read from FILE, or from standard input without one; "Bearer" before it and white space around it do not
    matter. It is never an argument.
    """


@jwt.command(epilog=_SIGN)
@file_argument
@key_options(sets=False)
@click.option("--issuer", metavar="URI", help='Who issues it: "iss".')
@click.option("--audience", metavar="URI", multiple=True, help='Whom it is for: "aud"; may be repeated.')
@click.option("--lifetime", type=DURATION, default=DEFAULT_LIFETIME, help="How long it is good: 90s, 15m, 12h.  [15m]")
@click.option("--typ", default="JWT", show_default=True, help='What kind of token it is: "typ".')
@output_option
def sign(
    file: str,
    *,
    keys: KeyChoice,
    issuer: str | None,
    audience: tuple[str, ...],
    lifetime: timedelta,
    typ: str,
    output: str | None,
) -> None:
    """Sign claims: a JSON object.

    "iss", "aud", "iat", "exp" and "jti" are filled in where the claims do not say them.
    """
    with told():
        key = keys.key(input_file=file)
        data = read_bytes(file, what="a JSON object of claims")
        signer = tokens.Signer(key, issuer=issuer, audience=_one_or_more(audience), lifetime=lifetime, typ=typ)
        try:
            claims = strict_json.parse_object(data)
        except JoseError as error:
            raise UnusableError(f"The claims are no JSON object: {error} [{error.code}]") from None
        hand_out(signer.sign(claims), output=output)


@jwt.command(epilog=_VERIFY)
@file_argument
@key_options(sets=True)
@click.option("--issuer", metavar="URI", multiple=True, help="The issuer to accept; may be repeated.")
@click.option("--any-issuer", is_flag=True, help="Accept every issuer, and none.")
@click.option("--audience", metavar="URI", multiple=True, help="Who we are; may be repeated.")
@click.option("--any-audience", is_flag=True, help="Accept tokens that are for somebody else.")
@click.option("--typ", default="JWT", show_default=True, help="The kind of token to accept, such as at+jwt.")
@click.option("--leeway", type=DURATION, default=timedelta(0), help="Clock difference to forgive, 10m at most.  [0]")
@click.option("--require", metavar="CLAIM", multiple=True, help="A claim that has to be there; may be repeated.")
@click.option("--allow-no-exp", is_flag=True, help="Accept a token that never expires.")
@output_option
def verify(
    file: str,
    *,
    keys: KeyChoice,
    issuer: tuple[str, ...],
    any_issuer: bool,
    audience: tuple[str, ...],
    any_audience: bool,
    typ: str,
    leeway: timedelta,
    require: tuple[str, ...],
    allow_no_exp: bool,
    output: str | None,
) -> None:
    """Check a token, and write its claims as JSON.

    Issuer and audience have no default: without them, any token of any service with that key would pass.
    """
    accepted_issuer = _expected(issuer, any_of_them=any_issuer, name="issuer")
    accepted_audience = _expected(audience, any_of_them=any_audience, name="audience")
    with told():
        verifier = tokens.Verifier(
            keys.source(input_file=file),
            issuer=accepted_issuer,
            audience=accepted_audience,
            typ=typ,
            leeway=leeway,
            required=require,
            require_exp=not allow_no_exp,
        )
        verified = verifier.verify(read_token(file))
    hand_out(as_json(verified.claims.to_dict()), output=output)
    click.echo(f"VERIFIED with {key_name(verified.key)}.", err=True)
    for name, is_any in (("issuer", any_issuer), ("audience", any_audience)):
        if is_any:
            click.echo(f"The {name} was NOT checked, as --any-{name} says.", err=True)


@jwt.command(epilog=_INSPECT)
@file_argument
@click.option("--json", "is_json", is_flag=True, help="For programs.")
def inspect(file: str, *, is_json: bool) -> None:
    """Draw a token without verifying it.

    Its parts, its members in words, its times as dates, what is odd about it. Anybody can write a token.
    """
    now = SYSTEM_CLOCK.now()
    with told():
        token = read_loosely(read_token(file))
    findings = lint_token(token, now=now)
    if is_json:
        hand_out(as_json(token_members(token, findings)), output=None)
    else:
        TokenView(Console(highlight=False), now=now).draw(token, findings)


@jwt.command(epilog=_LINT)
@file_argument
@ignore_option
@click.option("--json", "is_json", is_flag=True, help="For programs.")
def lint(file: str, *, ignored: frozenset[str], is_json: bool) -> None:
    """Name each weakness of a token.

    With its number, and how to fix it. Nothing is verified.
    """
    with told():
        token = read_loosely(read_token(file))
    report(lint_token(token, now=SYSTEM_CLOCK.now()), ignored=ignored, is_json=is_json)


def _one_or_more(audience: tuple[str, ...]) -> str | tuple[str, ...] | None:
    return audience[0] if len(audience) == 1 else audience or None


def _expected(values: tuple[str, ...], *, any_of_them: bool, name: str) -> Expected:
    if bool(values) == any_of_them:
        raise click.UsageError(f"Say either --{name} URI or --any-{name}.")
    return tokens.ANY if any_of_them else frozenset(values)

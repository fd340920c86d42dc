"""`tokensmith client`: the programs that ask for tokens."""

from typing import BinaryIO, TextIO, TypedDict, Unpack

import click

from tokensmith.cli.client_certificates import CERTIFICATE_NAME, OWN_CERTIFICATE
from tokensmith.cli.operator import operator_command, run_with_parts
from tokensmith.cli.table import show_table
from tokensmith.server.domain.certificate_names import CertificateName
from tokensmith.server.domain.clients import GrantType, Lifetimes
from tokensmith.server.domain.fapi import ALGORITHMS, fapi2
from tokensmith.server.domain.logos import MAX_BYTES
from tokensmith.server.domain.registrations import AssertionIssuer, AuthMethod, Registration
from tokensmith.server.domain.signing_keys import SIGNING_ALGS
from tokensmith.server.flows.client_logos import ClientLogos
from tokensmith.server.flows.manage_clients import ManageClients, NewClient
from tokensmith.server.flows.trust_issuer import TrustIssuer
from tokensmith.server.parts import Parts
from tokensmith.server.settings import Settings

_REDIRECT_HELP = "Where people come back to when they have signed in; may be repeated."
_AFTER_SIGN_OUT_HELP = "Where people may come back to when they have signed out; may be repeated."
_SCOPES_HELP = "A scope it may ask for at --resource; may be repeated."
_CERTIFICATE_NAME_HELP = "It proves itself by a certificate of this name: dn:CN=…, dns:…, uri:…, ip:… or email:…"
_WITHOUT_PKCE_HELP = "It is older than PKCE (RFC 7636) and cannot be changed: a stolen code can be used at it."


class _Given(TypedDict):
    """The options of `client create`."""

    title: str | None
    public: bool
    resource: str | None
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    after_sign_out: tuple[str, ...]
    logout_uri: str | None
    jwks: TextIO | None
    jwks_uri: str | None
    certificate_name: CertificateName | None
    certificate: str | None
    certificate_bound: bool
    exchange: bool
    device: bool
    trusted: bool
    without_pkce: bool
    opaque: bool
    fapi2: bool
    access_seconds: int | None
    alg: str


@click.group()
def client() -> None:
    """Make programs known that ask for tokens."""


@client.command()
@click.argument("name")
@click.option("--title", help="What people are shown; NAME unless given.")
@click.option("--public", is_flag=True, help="Has no secret (a program on people's own devices).")
@click.option("--resource", metavar="URI", help="The service its tokens are for.")
@click.option("--scope", "scopes", multiple=True, help=_SCOPES_HELP)
@click.option("--redirect-uri", "redirect_uris", multiple=True, help=_REDIRECT_HELP)
@click.option("--after-sign-out", "after_sign_out", multiple=True, metavar="URI", help=_AFTER_SIGN_OUT_HELP)
@click.option("--jwks", type=click.File("r"), help="Its public keys (a JWK Set); it signs instead of having a secret.")
@click.option("--jwks-uri", metavar="URL", help="Where it publishes such keys; it changes them when it likes.")
@click.option("--certificate-name", type=CERTIFICATE_NAME, metavar="KIND:NAME", help=_CERTIFICATE_NAME_HELP)
@click.option("--certificate", type=OWN_CERTIFICATE, metavar="FILE", help="It proves itself by this one, in PEM.")
@click.option(
    "--certificate-bound", is_flag=True, help="Its tokens are good over connections with its certificate alone."
)
@click.option("--exchange", is_flag=True, help="May exchange tokens it was given for those of --resource (RFC 8693).")
@click.option("--device", is_flag=True, help="Runs where nobody can type much, and is connected by a code.")
@click.option("--logout-uri", metavar="URI", help="Where it hears that somebody has signed out (Back-Channel Logout).")
@click.option("--trusted", is_flag=True, help="A program of your own: people are not asked whether it may.")
@click.option("--without-pkce", is_flag=True, help=_WITHOUT_PKCE_HELP)
@click.option("--opaque", is_flag=True, help="Its access tokens say nothing; services ask about them (/introspect).")
@click.option("--fapi2", is_flag=True, help="Everything FAPI 2.0 asks for: it signs, pushes, and binds its tokens.")
@click.option("--access-seconds", type=click.IntRange(min=1), help="How long its access tokens live.")
@click.option("--alg", type=click.Choice(SIGNING_ALGS), default="ES256", show_default=True)
@operator_command
def create(settings: Settings, name: str, **given: Unpack[_Given]) -> None:
    """Create a program called NAME; its secret is shown this once."""
    new = _new_client(name, given)
    made, secret = run_with_parts(settings, lambda parts: _clients(parts).create(new))
    click.echo(f"Created {made.id}.", err=True)
    if secret is not None:
        # The secret alone goes to standard output, so that it can be piped to where it is kept.
        click.echo("Its secret, which is stored nowhere and not shown again:", err=True)
        click.echo(secret)


def _new_client(name: str, given: _Given) -> NewClient:
    resource, seconds = given["resource"], given["access_seconds"]
    if bool(resource) != bool(given["scopes"]):
        raise click.UsageError("--resource and --scope belong together.")
    if given["fapi2"] and (given["public"] or given["without_pkce"] or given["alg"] not in ALGORITHMS):
        raise click.UsageError("--fapi2 has keys and PKCE, and no RS256.")
    by_certificate = given["certificate_name"], given["certificate"]
    if sum(map(bool, by_certificate)) > (0 if given["public"] else 1):
        raise click.UsageError("A program proves itself in one way.")
    if given["certificate"] and (given["jwks"] or given["jwks_uri"]):
        raise click.UsageError("--certificate is its only key.")
    return NewClient(
        id=name,
        name=given["title"] or name,
        grant_types=_grant_types(given),
        confidential=not given["public"],
        audiences={resource: frozenset(given["scopes"])} if resource else {},
        default_audience=resource,
        lifetimes=Lifetimes() if seconds is None else Lifetimes(access=seconds),
        signing_alg=given["alg"],
        registration=_registration(given),
    )


def _registration(given: _Given) -> Registration:
    keys = given["jwks"]
    named, own = given["certificate_name"], given["certificate"]
    registration = Registration(
        auth_method=AuthMethod.TLS if named else AuthMethod.SELF_SIGNED_TLS if own else None,
        certificate_name=named,
        redirect_uris=given["redirect_uris"],
        post_logout_redirect_uris=given["after_sign_out"],
        backchannel_logout_uri=given["logout_uri"],
        trusted=given["trusted"],
        opaque=given["opaque"],
        binds_to_certificate=given["certificate_bound"],
        requires_pkce=not given["without_pkce"],
        jwks=own or (keys.read() if keys else None),
        jwks_uri=given["jwks_uri"],
    )
    return fapi2(registration) if given["fapi2"] else registration


def _grant_types(given: _Given) -> frozenset[GrantType]:
    of_people = {GrantType.AUTHORIZATION_CODE} if given["redirect_uris"] else set()
    of_people |= {GrantType.DEVICE_CODE} if given["device"] else set()
    first = GrantType.REFRESH_TOKEN if of_people or given["public"] else GrantType.CLIENT_CREDENTIALS
    return frozenset({first, *of_people, *({GrantType.TOKEN_EXCHANGE} if given["exchange"] else ())})


@client.command()
@click.argument("name")
@click.argument("scope", nargs=-1, required=True)
@click.option("--resource", required=True, metavar="URI", help="The service these scopes are for.")
@click.option("--default", "as_default", is_flag=True, help="Tokens are for it where a request names no service.")
@operator_command
def allow(settings: Settings, name: str, scope: tuple[str, ...], *, resource: str, as_default: bool) -> None:
    """Let the program NAME ask for SCOPE… at a resource."""
    scopes = frozenset(scope)
    run_with_parts(
        settings,
        lambda parts: _clients(parts).allow(name, audience=resource, scopes=scopes, default=as_default),
    )
    click.echo(f"{name} may ask for {' '.join(sorted(scopes))} at {resource}.")


@client.command("allow-details")
@click.argument("name")
@click.argument("kind", nargs=-1, required=True)
@operator_command
def allow_details(settings: Settings, name: str, kind: tuple[str, ...]) -> None:
    """Let the program NAME ask for authorization details of type KIND… (RFC 9396)."""
    run_with_parts(settings, lambda parts: _clients(parts).allow_details(name, kind))
    click.echo(f"{name} may ask for {' '.join(kind)}.")


@client.command()
@click.argument("name")
@click.argument("picture", type=click.File("rb"))
@operator_command
def logo(settings: Settings, name: str, picture: BinaryIO) -> None:
    """Give the program NAME a picture that people know it by: a PNG, JPEG or WebP of at most 64 KiB."""
    body = picture.read(MAX_BYTES + 1)
    run_with_parts(settings, lambda parts: ClientLogos(store=parts.store).give(name, body))
    click.echo(f"{name} has its picture.")


@client.command("new-secret")
@click.argument("name")
@click.option("--at-once", is_flag=True, help="The secret before is not good any more: it has leaked.")
@operator_command
def new_secret(settings: Settings, name: str, *, at_once: bool) -> None:
    """Give the program NAME another secret; the one before stays good until the next time."""
    secret = run_with_parts(settings, lambda parts: _clients(parts).new_secret(name, at_once=at_once))
    click.echo("Its new secret, which is stored nowhere and not shown again:", err=True)
    click.echo(secret)


@client.command("trust-issuer")
@click.argument("name")
@click.argument("issuer")
@click.option("--jwks", type=click.File("r"), help="The issuer's public keys (a JWK Set).")
@click.option("--jwks-uri", metavar="URL", help="Where it publishes them.")
@operator_command
def trust_issuer(settings: Settings, name: str, issuer: str, *, jwks: TextIO | None, jwks_uri: str | None) -> None:
    """Let the program NAME bring assertions in which ISSUER says who a person is, by the names of accounts here."""
    trusted = AssertionIssuer(issuer=issuer, jwks=jwks.read() if jwks else None, jwks_uri=jwks_uri)
    run_with_parts(settings, lambda parts: TrustIssuer(store=parts.store).trust(name, trusted))
    click.echo(f"{name} may bring assertions of {issuer}.")


@client.command("distrust-issuer")
@click.argument("name")
@click.argument("issuer")
@operator_command
def distrust_issuer(settings: Settings, name: str, issuer: str) -> None:
    """Take no more assertions of ISSUER from the program NAME."""
    run_with_parts(settings, lambda parts: TrustIssuer(store=parts.store).distrust(name, issuer))
    click.echo(f"{name} may not bring assertions of {issuer} any more.")


@client.command()
@click.argument("name")
@operator_command
def disable(settings: Settings, name: str) -> None:
    """Switch the program NAME off; everything it was granted ends."""
    run_with_parts(settings, lambda parts: _clients(parts).set_disabled(name, disabled=True))
    click.echo(f"{name} is switched off; everything it was granted has ended.")


@client.command()
@click.argument("name")
@operator_command
def enable(settings: Settings, name: str) -> None:
    """Switch the program NAME on again."""
    run_with_parts(settings, lambda parts: _clients(parts).set_disabled(name, disabled=False))
    click.echo(f"{name} is switched on.")


@client.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@operator_command
def list_all(settings: Settings, *, as_json: bool) -> None:
    """List every program."""
    clients = run_with_parts(settings, lambda parts: _clients(parts).all())
    rows = [
        (one.id, one.name, " ".join(sorted(one.grant_types)), _kind(public=one.is_public, disabled=one.disabled))
        for one in clients
    ]
    show_table(("id", "name", "grants", "kind"), rows, as_json=as_json)


def _kind(*, public: bool, disabled: bool) -> str:
    return ("public" if public else "confidential") + (", disabled" if disabled else "")


def _clients(parts: Parts) -> ManageClients:
    return ManageClients(store=parts.store)

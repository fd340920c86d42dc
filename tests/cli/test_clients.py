"""`tokensmith client`."""

import json
import ssl
from pathlib import Path

import pytest

from tests.cli.operating import Operator
from tests.server.client_certificates import self_made
from tokensmith.cli.clients import client
from tokensmith.cli.resources import resource
from tokensmith.jose import Key

NOTES = "https://notes.example"


@pytest.fixture
def notes(operator: Operator) -> Operator:
    operator.do(resource, "create", NOTES, "--scope", "read", "--scope", "write")
    return operator


def kinds(operator: Operator) -> dict[str, str]:
    lines = operator.do(client, "list", "--json").splitlines()
    return {row["id"]: f"{row['grants']} {row['kind']}" for row in map(json.loads, lines)}


def test_a_secret_is_shown_once_and_alone_on_standard_output(notes: Operator) -> None:
    """So that it can be piped to where it is kept."""
    result = notes.run(client, "create", "robot", "--resource", NOTES, "--scope", "read", "--access-seconds", "60")

    assert result.exit_code == 0
    assert result.stdout.startswith("tsc_")
    assert result.stdout.count("\n") == 1
    assert "not shown again" in result.stderr
    assert result.stdout.strip() not in notes.do(client, "list")


def test_a_public_client_has_none(notes: Operator) -> None:
    result = notes.run(client, "create", "app", "--public", "--title", "An app")

    assert (result.exit_code, result.stdout) == (0, "")
    assert kinds(notes)["app"] == "refresh_token public"


def test_a_program_that_signs_people_in_says_where_they_come_back_to(notes: Operator) -> None:
    """With a secret or without; and codes go nowhere else."""
    uri = "https://app.example/cb"
    web = ("--redirect-uri", uri, "--after-sign-out", "https://app.example/", "--resource", NOTES, "--scope", "read")
    assert notes.run(client, "create", "web", *web).stdout.startswith("tsc_")
    notes.do(client, "create", "phone", "--public", "--redirect-uri", "com.example.app:/cb", "--trusted")

    assert kinds(notes)["web"] == "authorization_code refresh_token confidential"
    notes.do(client, "create", "tv", "--public", "--device")
    assert kinds(notes)["tv"].startswith("refresh_token urn:ietf:params:oauth:grant-type:device_code")
    assert kinds(notes)["phone"] == "authorization_code refresh_token public"
    assert "redirect URI" in notes.refused(client, "create", "bad", "--redirect-uri", "http://app.example/cb")


def test_a_program_older_than_pkce_may_do_without(notes: Operator) -> None:
    """Where it has a secret; nothing would be left otherwise."""
    notes.do(client, "create", "old", "--redirect-uri", "https://app.example/cb", "--without-pkce")

    assert kinds(notes)["old"] == "authorization_code refresh_token confidential"


def test_one_option_says_everything_that_fapi_asks_for(notes: Operator) -> None:
    """It has keys of its own, so there is no secret to show."""
    web = ("--redirect-uri", "https://bank.example/cb", "--jwks-uri", "https://bank.example/keys", "--fapi2")
    result = notes.run(client, "create", "bank", *web)

    assert (result.exit_code, result.stdout) == (0, "")
    assert notes.run(client, "create", "other", *web, "--without-pkce").exit_code == 2
    assert notes.run(client, "create", "other", *web, "--alg", "RS256").exit_code == 2
    assert "needs keys" in notes.refused(client, "create", "other", "--fapi2")


def test_somebody_elses_word_is_taken_for_a_program_and_not_any_more(notes: Operator) -> None:
    """JWT bearer, where the operator says so."""
    notes.do(client, "create", "portal", "--resource", NOTES, "--scope", "read")
    keys = ("--jwks-uri", "https://idp.example/keys")
    assert "may bring" in notes.do(client, "trust-issuer", "portal", "https://idp.example", *keys)
    assert "jwt-bearer" in kinds(notes)["portal"]
    assert "any more" in notes.do(client, "distrust-issuer", "portal", "https://idp.example")
    assert "jwt-bearer" not in kinds(notes)["portal"]


def test_a_program_gets_a_picture(notes: Operator, tmp_path: Path) -> None:
    picture = tmp_path / "logo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\nrest")
    notes.do(client, "create", "web", "--redirect-uri", "https://app.example/cb")

    assert notes.do(client, "logo", "web", str(picture)) == "web has its picture.\n"
    picture.write_bytes(b"<svg/>")
    assert "PNG" in notes.refused(client, "logo", "web", str(picture))


def test_a_service_may_call_the_next_one_for_a_person(notes: Operator) -> None:
    """Token exchange, where the operator says so."""
    notes.do(client, "create", "front", "--exchange", "--resource", NOTES, "--scope", "read")

    assert "token-exchange" in kinds(notes)["front"]


def test_a_secret_is_changed_without_a_gap(notes: Operator) -> None:
    """Again alone on standard output."""
    first = notes.run(client, "create", "robot").stdout
    second = notes.run(client, "new-secret", "robot")
    third = notes.run(client, "new-secret", "robot", "--at-once").stdout

    assert second.stdout.startswith("tsc_")
    assert "not shown again" in second.stderr
    assert len({first, second.stdout, third}) == 3
    notes.do(client, "create", "app", "--public")
    assert "without a secret" in notes.refused(client, "new-secret", "app")


def test_a_program_may_sign_instead_of_having_a_secret(notes: Operator, tmp_path: Path) -> None:
    """private_key_jwt: nothing to show, and nothing to keep but its own key."""
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [dict(Key.generate("ES256").public().to_jwk())]}))
    result = notes.run(client, "create", "signer", "--jwks", str(keys))

    assert (result.exit_code, result.stdout) == (0, "")
    assert kinds(notes)["signer"] == "client_credentials confidential"


def test_every_client_is_listed(notes: Operator) -> None:
    notes.do(client, "create", "robot")

    assert kinds(notes) == {
        "first-party": "refresh_token public",
        "robot": "client_credentials confidential",
    }


def test_clients_are_switched_off_and_on(notes: Operator) -> None:
    notes.do(client, "create", "robot")
    assert "switched off" in notes.do(client, "disable", "robot")
    assert kinds(notes)["robot"] == "client_credentials confidential, disabled"
    assert "switched on" in notes.do(client, "enable", "robot")
    assert "nobody" in notes.refused(client, "disable", "nobody")


def test_what_a_client_may_ask_for_is_widened(notes: Operator) -> None:
    notes.do(client, "create", "robot")

    assert notes.do(client, "allow", "robot", "read", "--resource", NOTES, "--default") == (
        f"robot may ask for read at {NOTES}.\n"
    )
    assert "fly" in notes.refused(client, "allow", "robot", "fly", "--resource", NOTES)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["first-party"], 1),
        (["robot", "--resource", "https://x", "--scope", "read"], 1),
        (["robot", "--resource", NOTES, "--scope", "fly"], 1),
        (["robot", "--access-seconds", "9999999"], 1),
        (["robot", "--access-seconds", "0"], 2),
        (["app", "--public", "--redirect-uri", "https://app.example/cb", "--without-pkce"], 1),
        (["robot", "--alg", "HS256"], 2),
        (["robot", "--resource", NOTES], 2),
        (["robot", "--scope", "read"], 2),
    ],
)
def test_what_cannot_be_is_refused(notes: Operator, arguments: list[str], status: int) -> None:
    result = notes.run(client, "create", *arguments)

    assert result.exit_code == status
    assert "Error: " in result.stderr


def test_a_program_may_prove_itself_by_a_certificate(notes: Operator, tmp_path: Path) -> None:
    """By a name that an authority certifies, or by one of its own: nothing to show."""
    own = tmp_path / "own.pem"
    own.write_text(ssl.DER_cert_to_PEM_cert(self_made()))
    for name, options in {
        "named": ("--certificate-name", "dn:CN=robot,O=Example"),
        "own": ("--certificate", str(own), "--certificate-bound"),
    }.items():
        result = notes.run(client, "create", name, *options)
        assert (result.exit_code, result.stdout) == (0, "")
        assert kinds(notes)[name] == "client_credentials confidential"
    both = ("--certificate-name", "dns:robot.example", "--certificate", str(own))
    assert notes.run(client, "create", "bad", *both).exit_code == 2
    assert notes.run(client, "create", "bad", "--public", *both[:2]).exit_code == 2
    assert notes.run(client, "create", "bad", "--jwks-uri", "https://a.example/keys", *both[2:]).exit_code == 2

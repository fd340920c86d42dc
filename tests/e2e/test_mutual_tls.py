"""Clients' certificates through nginx and through Apache, each as our guide sets it up (RFC 8705)."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.architecture.test_readme import blocks
from tests.e2e.certificates import FOR_CERTIFICATES, GUIDE, MAIN, NOTES, BehindProxy, behind, for_notes
from tests.jose.jwk.certificates import issue, pem
from tests.services import machine
from tokensmith.jose import base64url

ROBOT = {"common_name": "robot", "organization_name": "Example", "organization_unit_name": "Shop floor"}


@pytest.fixture(scope="module", params=["nginx", "apache"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BehindProxy]:
    """With the clients of the guide: robot, lathe, press and shop, who may all read notes."""
    machine.need("openssl", lambda: machine.on_path("openssl"), packages=("openssl",))
    with behind(request.param, tmp_path_factory.mktemp("certificates")) as running:
        running.operate(f"tokensmith resource create {NOTES} --scope notes:read")
        running.operate("\n".join(blocks(GUIDE, "sh")))
        for name in ("robot", "lathe", "press", "shop"):
            running.operate(f"tokensmith client allow {name} notes:read --resource {NOTES} --default")
        yield running


def last_refusal(running: BehindProxy) -> str:
    """The last line that the server wrote: which code, only the log says."""
    return running.server.output().splitlines()[-1]


def own(running: BehindProxy) -> Path:
    """Write names of robot and of lathe into a certificate of one's own making."""
    return running.write(trustme.CA(organization_name="Mallory").issue_cert("lathe.example", **ROBOT))


def pem_of(file: Path) -> str:
    """The certificate alone, escaped as nginx writes it."""
    return quote(x509.load_pem_x509_certificate(file.read_bytes()).public_bytes(Encoding.PEM).decode())


def test_a_client_is_sent_where_certificates_are_asked_for(running: BehindProxy) -> None:
    """RFC 8705 §5."""
    document = running.get("/.well-known/oauth-authorization-server").json()

    assert document["issuer"] == f"https://{MAIN}"
    assert document["mtls_endpoint_aliases"]["token_endpoint"] == f"https://{FOR_CERTIFICATES}/token"
    assert {"tls_client_auth", "self_signed_tls_client_auth"} <= {*document["token_endpoint_auth_methods_supported"]}


def test_a_certified_name_proves_a_client(running: BehindProxy) -> None:
    """tls_client_auth: by a subject, and by an alternative name; not somebody else's."""
    robot, lathe = running.certify(**ROBOT), running.certify("lathe.example")

    assert running.post("/token", for_notes("robot"), certificate=robot).status_code == 200
    assert running.post("/token", for_notes("lathe"), certificate=lathe).status_code == 200
    assert running.post("/token", for_notes("robot"), certificate=lathe).status_code == 401
    assert '"client_certificate_name"' in last_refusal(running)
    assert running.post("/token", for_notes("robot")).status_code == 401
    assert '"client_certificate_missing"' in last_refusal(running)


@pytest.mark.parametrize("client_id", ["robot", "lathe"])
def test_a_name_that_somebody_wrote_themselves_proves_nothing(running: BehindProxy, client_id: str) -> None:
    """RFC 8705 §7.4: the proxy lets it through, as it must for self-signed ones."""
    assert running.post("/token", for_notes(client_id), certificate=own(running)).status_code == 401
    assert '"client_certificate_untrusted"' in last_refusal(running)


def test_a_registered_certificate_proves_its_client(running: BehindProxy) -> None:
    """self_signed_tls_client_auth: the one that the guide has openssl make."""
    press = running.folder / "press.both"
    press.write_bytes((running.folder / "press.key").read_bytes() + (running.folder / "press.pem").read_bytes())

    assert running.post("/token", for_notes("press"), certificate=press).status_code == 200
    assert running.post("/token", for_notes("press"), certificate=own(running)).status_code == 401
    assert '"client_certificate_unregistered"' in last_refusal(running)


def test_a_long_certificate_arrives_whole(running: BehindProxy) -> None:
    """RSA with 4096 bits, which makes the longest header that clients commonly have."""
    key = rsa.generate_private_key(65537, 4096)
    certificate = running.folder / "long.pem"
    certificate.write_text(pem(issue("press", key, issuer="press", signer=key, days=3650)))
    running.operate("tokensmith client create long --certificate long.pem")
    running.operate(f"tokensmith client allow long notes:read --resource {NOTES} --default")
    both = running.folder / "long.both"
    both.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.read_bytes())

    assert running.post("/token", for_notes("long"), certificate=both).status_code == 200


def test_a_token_is_bound_to_the_certificate_of_the_connection(running: BehindProxy) -> None:
    """RFC 8705 §3.1, §3.2: and whoever asks about it is told."""
    shop = running.certify("shop.example")
    token = running.post("/token", for_notes("shop"), certificate=shop).json()["access_token"]
    form = {"client_id": "shop", "token": token}
    told = running.post("/introspect", form, certificate=shop).json()
    digest = x509.load_pem_x509_certificate(shop.read_bytes()).fingerprint(SHA256())

    assert (told["active"], told["token_type"]) == (True, "Bearer")
    assert told["cnf"] == {"x5t#S256": base64url.encode(digest)}


@pytest.mark.parametrize("to", [MAIN, FOR_CERTIFICATES])
@pytest.mark.parametrize("name", ["x-ssl-client-cert", "X-SSL-CLIENT-CERT", "x_ssl_client_cert"])
def test_the_proxy_overwrites_what_a_client_writes(running: BehindProxy, to: str, name: str) -> None:
    """P98: a certificate that anybody could have read off the wire, or from a log."""
    forged = {name: pem_of(running.certify(**ROBOT))}
    assert running.post("/token", for_notes("robot"), to=to, **forged).status_code == 401
    assert '"client_certificate_missing"' in last_refusal(running)
    other = running.post("/token", for_notes("robot"), to=to, certificate=running.certify("lathe.example"), **forged)

    assert other.status_code == 401


def test_a_header_past_the_proxy_is_believed_from_its_address_alone(running: BehindProxy) -> None:
    """P98, RFC 9700 §4.13: another address of this machine is nobody's proxy."""
    forged = {"x-ssl-client-cert": pem_of(running.certify(**ROBOT))}
    stranger = running.post_past_proxy("/token", for_notes("robot"), source="127.0.0.2", **forged)
    assert (stranger.status_code, stranger.json()["error"]) == (401, "invalid_client")
    assert '"client_certificate_missing"' in last_refusal(running)

    assert running.post_past_proxy("/token", for_notes("robot"), source="127.0.0.1", **forged).status_code == 200


def test_other_clients_need_no_certificate(running: BehindProxy) -> None:
    """At either name, with one or without."""
    secret = running.operate("tokensmith client create plain")
    running.operate(f"tokensmith client allow plain notes:read --resource {NOTES} --default")
    form = {**for_notes("plain"), "client_secret": secret}

    assert running.post("/token", form, to=MAIN).status_code == 200
    assert running.post("/token", form).status_code == 200
    assert running.post("/token", form, certificate=own(running)).status_code == 200

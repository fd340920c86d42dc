"""The settings about client certificates: what stands together, and what they make of it."""

import pytest

from tokensmith.server.settings import Settings, SettingsError

PROXY = {"trusted_proxies": ("10.0.0.1",)}
BEHIND_PROXY = {**PROXY, "client_certificate_header": "X-SSL-Client-Cert"}


@pytest.mark.parametrize(
    ("values", "setting"),
    [
        ({"client_certificate_header": "client-cert"}, "client_certificate_header"),
        ({**PROXY, "client_certificate_header": "client cert"}, "client_certificate_header"),
        ({**PROXY, "client_certificate_header": "client-cert:"}, "client_certificate_header"),
        ({**PROXY, "client_certificate_authorities": "ca.pem"}, "client_certificate_authorities"),
        ({**PROXY, "client_certificate_origin": "https://mtls.id.example"}, "client_certificate_origin"),
        ({**BEHIND_PROXY, "client_certificate_origin": "http://mtls.id.example"}, "client_certificate_origin"),
        ({**BEHIND_PROXY, "client_certificate_origin": "https://mtls.id.example/"}, "client_certificate_origin"),
        ({**BEHIND_PROXY, "client_certificate_origin": "https://mtls.id.example/tenant"}, "client_certificate_origin"),
    ],
)
def test_certificates_are_believed_from_named_proxies(values: dict[str, object], setting: str) -> None:
    """RFC 9700 §4.13: from anybody else the header is worth nothing, and the other two need it."""
    with pytest.raises(SettingsError) as refused:
        Settings(**values)  # type: ignore[arg-type]

    assert refused.value.setting == setting


@pytest.mark.parametrize(("issuer", "path"), [("https://id.example", ""), ("https://id.example/tenant", "/tenant")])
def test_endpoints_elsewhere_have_the_path_of_the_issuer(issuer: str, path: str) -> None:
    """RFC 8705 §5; without such a place there is none."""
    settings = Settings(issuer=issuer, client_certificate_origin="https://mtls.id.example", **BEHIND_PROXY)  # type: ignore[arg-type]

    assert settings.certificate_alias == "https://mtls.id.example" + path
    assert Settings(issuer=issuer).certificate_alias == ""

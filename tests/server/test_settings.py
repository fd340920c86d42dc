"""Settings: three sources in order, each refusal naming its setting and source, and an issuer spelt in one way only."""

import re
from pathlib import Path

import msgspec
import pytest

from tokensmith.server.settings import Settings, SettingsError, load

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
ROW = re.compile(r"^\| `(?P<name>[a-z0-9_]+)` \| `(?P<default>[^`]*)` \|", re.MULTILINE)


def test_a_server_needs_no_settings_at_all() -> None:
    """The defaults are a server for one developer: loopback, SQLite, sign-in switched on."""
    settings = load()

    assert settings.issuer == "http://127.0.0.1:8000"
    assert settings.database == "sqlite:///tokensmith.db"
    assert settings.offers_first_party_sign_in


def test_a_later_source_wins_over_an_earlier_one(tmp_path: Path) -> None:
    """File, then environment, then flags."""
    file = tmp_path / "tokensmith.toml"
    file.write_text('port = 1\nworkers = 2\nlog_level = "debug"\n')

    settings = load(
        file=file, environment={"TOKENSMITH_WORKERS": "3", "TOKENSMITH_PORT": "4", "PATH": "/bin"}, flags={"port": 5}
    )

    assert (settings.log_level, settings.workers, settings.port) == ("debug", 3, 5)


def test_a_flag_that_was_not_given_is_none_and_changes_nothing() -> None:
    """Flags have no defaults of their own: those stand in one place."""
    assert load(flags={"port": None, "workers": 2}).port == 8000


def test_the_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    """Containers are given variables more easily than flags."""
    file = tmp_path / "tokensmith.toml"
    file.write_text("workers = 2\n")

    assert load(environment={"TOKENSMITH_SETTINGS": str(file)}).workers == 2


def test_variables_of_the_tour_are_not_the_server_s() -> None:
    """They may be set in the same shell."""
    assert load(environment={"TOKENSMITH_TOUR_PASSWORD": "hush"}) == load()


def test_a_list_is_written_with_commas_in_a_variable_and_as_a_list_in_the_file(tmp_path: Path) -> None:
    """Variables are text."""
    file = tmp_path / "tokensmith.toml"
    file.write_text('trusted_proxies = ["10.0.0.0/8"]\n')

    assert load(file=file).trusted_proxies == ("10.0.0.0/8",)
    assert load(environment={"TOKENSMITH_TRUSTED_PROXIES": "10.0.0.1, ::1"}).trusted_proxies == ("10.0.0.1", "::1")


@pytest.mark.parametrize(
    ("environment", "setting", "source"),
    [
        ({"TOKENSMITH_PORT": "80x"}, "port", "TOKENSMITH_PORT"),
        ({"TOKENSMITH_PORT": "65536"}, "port", "TOKENSMITH_PORT"),
        ({"TOKENSMITH_PORT": "-1"}, "port", "TOKENSMITH_PORT"),
        ({"TOKENSMITH_WORKERS": "0"}, "workers", "TOKENSMITH_WORKERS"),
        ({"TOKENSMITH_LOG_LEVEL": "loud"}, "log_level", "TOKENSMITH_LOG_LEVEL"),
        ({"TOKENSMITH_FIRST_PARTY_SIGN_IN": "yes"}, "first_party_sign_in", "TOKENSMITH_FIRST_PARTY_SIGN_IN"),
        ({"TOKENSMITH_ISUER": "https://id.example"}, "isuer", "TOKENSMITH_ISUER"),
        ({"TOKENSMITH_TRUSTED_PROXIES": "10.0.0.1/8"}, "trusted_proxies", ""),
        ({"TOKENSMITH_METRICS_FROM": "everywhere"}, "metrics_from", ""),
    ],
)
def test_a_refusal_names_the_setting_and_where_it_was_read(
    environment: dict[str, str], setting: str, source: str
) -> None:
    """A name nobody knows is refused like a value of the wrong kind: a mistyped setting would be quietly ignored."""
    with pytest.raises(SettingsError) as refused:
        load(environment=environment)

    assert (refused.value.setting, refused.value.source) == (setting, source)
    assert setting in str(refused.value)
    assert refused.value.code == "bad_setting"


@pytest.mark.parametrize("port", [0, 65535])
def test_every_port_can_be_set(port: int) -> None:
    """0 leaves the choice to the system."""
    assert load(flags={"port": port}).port == port


def test_text_in_the_file_is_no_number(tmp_path: Path) -> None:
    """TOML has numbers of its own; only a variable's text is read as one."""
    file = tmp_path / "tokensmith.toml"
    file.write_text('port = "80"\n')

    with pytest.raises(SettingsError, match="port"):
        load(file=file)


@pytest.mark.parametrize("content", [None, "port = ", "\xff"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    """Missing, no TOML, no UTF-8."""
    file = tmp_path / "tokensmith.toml"
    if content is not None:
        file.write_bytes(content.encode("latin-1"))

    with pytest.raises(SettingsError, match=re.escape(str(file))):
        load(file=file)


@pytest.mark.parametrize(
    "issuer",
    [
        "https://id.example",
        "https://id.example:8443",
        "https://id.example/tenant/one",
        "http://127.0.0.1:8000",
        "http://localhost",
        "http://[::1]:8000",
        "https://xn--bcher-kva.example",
    ],
)
def test_an_issuer_is_https_or_loopback(issuer: str) -> None:
    """P71: RFC 8414 §2: https, no query, no fragment."""
    assert load(flags={"issuer": issuer}).issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "http://id.example",
        "http://10.0.0.1",
        "http://localhost.example",
        "ftp://127.0.0.1",
        "id.example",
        "https://",
        "https:///path",
        "https://id.example/",
        "https://id.example/tenant/",
        "https://id.example?x=1",
        "https://id.example?",
        "https://id.example#f",
        "https://id.example#",
        "https://ID.example",
        "HTTPS://id.example",
        "https://id.example:443",
        "https://id.example:",
        "https://id.example:99999",
        "https://id.example:1x",
        "https://user@id.example",
        "https://id.example/a//b",
        "https://id.example/a/../b",
        "https://id.example/./a",
        "https://id.example/%61",
        "https://id.example/a\\b",
        "https://id.example/a b",
        "https://bücher.example",
        "https://id.example/\n",
        "https://[::1",
    ],
)
def test_an_issuer_has_one_spelling(issuer: str) -> None:
    """Guards compare issuers character by character (RFC 8414 §3.3): a second spelling is a second issuer."""
    with pytest.raises(SettingsError) as refused:
        load(flags={"issuer": issuer})

    assert refused.value.setting == "issuer"


@pytest.mark.parametrize(
    ("host", "issuer"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("127.0.0.2", "http://127.0.0.2:8000"),
        ("localhost", "http://localhost:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_a_loopback_host_is_its_own_issuer(host: str, issuer: str) -> None:
    """Nobody else will ever see it."""
    assert load(flags={"host": host}).issuer == issuer


def test_the_default_port_of_http_is_left_out_of_the_issuer() -> None:
    """It goes without saying, and so must not be said."""
    assert load(flags={"port": 80}).issuer == "http://127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "id.example"])
def test_any_other_host_needs_an_issuer(host: str) -> None:
    """The public URL is a setting, never guessed from what callers send."""
    with pytest.raises(SettingsError, match="issuer"):
        load(flags={"host": host})

    assert load(flags={"host": host, "issuer": "https://id.example"}).host == host


@pytest.mark.parametrize(
    ("issuer", "switch", "offered"),
    [
        ("http://127.0.0.1:8000", "auto", True),
        ("https://localhost", "auto", True),
        ("https://id.example", "auto", False),
        ("https://id.example", "on", True),
        ("http://127.0.0.1:8000", "off", False),
    ],
)
def test_first_party_sign_in_is_off_elsewhere_unless_set(issuer: str, switch: str, offered: bool) -> None:
    """Where it is "auto", it is on for loopback issuers."""
    assert load(flags={"issuer": issuer, "first_party_sign_in": switch}).offers_first_party_sign_in is offered


def test_the_parts_of_an_issuer() -> None:
    """The path is where the endpoints are; the origin is what browsers send."""
    settings = load(flags={"issuer": "https://id.example:8443/tenant"})

    assert (settings.issuer_path, settings.issuer_origin) == ("/tenant", "https://id.example:8443")
    assert load(flags={"issuer": "https://id.example"}).issuer_path == ""


def test_one_sealing_key_at_a_time() -> None:
    """Two could differ, and nobody would know which one counts."""
    with pytest.raises(SettingsError, match="sealing_key_file"):
        load(flags={"sealing_key": "a", "sealing_key_file": "b"})


def test_settings_show_no_secret() -> None:
    """They stand in tracebacks and debuggers."""
    settings = load(flags={"sealing_key": "hush", "database": "postgresql://u:hush@db/t"})

    assert "hush" not in repr(settings)


def test_settings_cannot_be_changed() -> None:
    """Read once."""
    with pytest.raises(AttributeError):
        load().port = 1  # type: ignore[misc]


def test_every_default_is_explained() -> None:
    """docs/settings.md has a row for every setting, with its default as it is here."""
    written = {match["name"]: match["default"] for match in ROW.finditer(PAGE.read_text())}
    here = {field.name: msgspec.json.encode(field.default).decode() for field in msgspec.structs.fields(Settings)}

    assert written == here


@pytest.mark.parametrize("values", [{"registration": "token"}, {"registration": "open", "registration_token": "x"}])
def test_a_token_to_register_with_goes_with_its_setting(values: dict[str, str]) -> None:
    """A token that is asked for by nothing would look like protection."""
    with pytest.raises(SettingsError) as caught:
        Settings(**values)  # type: ignore[arg-type]

    assert caught.value.setting == "registration_token"


TOKEN = {"signing_provider": "pkcs11", "pkcs11_module": "/m.so", "pkcs11_token": "t", "pkcs11_pin": "871 open"}


def test_a_token_is_named_whole() -> None:
    """Module, label and PIN; the PIN is shown nowhere."""
    settings = Settings(**TOKEN)

    assert settings.signing_provider == "pkcs11"
    assert "871" not in repr(settings)
    assert Settings(**{**TOKEN, "pkcs11_pin": "", "pkcs11_pin_file": "pin"}).pkcs11_pin_file == "pin"


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"pkcs11_module": ""}, "pkcs11_module"),
        ({"pkcs11_token": ""}, "pkcs11_token"),
        ({"pkcs11_pin": ""}, "pkcs11_pin_file"),
        ({"pkcs11_pin_file": "pin"}, "pkcs11_pin_file"),
        ({"signing_provider": "database"}, "pkcs11_module"),
        ({"signing_provider": "database", "pkcs11_module": "", "pkcs11_token": ""}, "pkcs11_pin_file"),
    ],
)
def test_half_a_token_is_refused(changes: dict[str, str], setting: str) -> None:
    """Also without the provider: keys would be in the database that somebody wanted in a token."""
    with pytest.raises(SettingsError) as refused:
        Settings(**{**TOKEN, **changes})

    assert refused.value.setting == setting
    assert "871" not in str(refused.value)

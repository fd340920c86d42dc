"""The command line, and where it leads."""

import pytest

from tokensmith.tour.demo_data import Demo, DemoError
from tokensmith.tour.options import (
    DEFAULT_REUSE_WINDOW,
    PASSWORD_VARIABLE,
    SECRET_VARIABLE,
    Options,
    parse,
    place_of_demo,
    place_of_options,
)
from tokensmith.tour.visit import Place

BASE = ["--base", "https://id.example/", "--notes", "https://n.example/", "--user", "eve", "--password", "p"]
PLACE = Place(
    issuer="https://id.example",
    notes="https://n.example",
    audience="https://n.example",
    user="eve",
    password="p",
    reuse_window=DEFAULT_REUSE_WINDOW,
)


def place(*arguments: str, **environment: str) -> Place:
    return place_of_options(parse(list(arguments)), environment)


def test_without_options_the_tour_looks_around() -> None:
    """It starts nothing of its own accord, and ends by itself."""
    options = parse([])

    assert (options.start, options.once, options.base, options.port) == (False, False, None, 8000)
    assert str(options.demo_file) == ".run/demo.json"


@pytest.mark.parametrize("port", [1, 65535])
def test_a_port_is_one_that_can_be_listened_on(port: int) -> None:
    """From the first to the last."""
    assert parse(["--port", str(port)]).port == port


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--port", "65536"], ["--port", "x"], ["--what"]])
def test_nonsense_ends_with_a_word_about_it(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, as commands do."""
    with pytest.raises(SystemExit, match="2"):
        parse(arguments)

    assert arguments[0] in capsys.readouterr().err


def test_a_server_is_visited_as_told() -> None:
    """A slash at the end is nobody's issuer; the service is known by its URL."""
    assert place(*BASE) == PLACE


def test_everything_can_be_told() -> None:
    """Another name for the service, a client with short-lived tokens, another window."""
    told = place(*BASE, "--audience", "urn:n", "--client", "c", "--reuse-window", "2.5", **{SECRET_VARIABLE: "s"})

    assert (told.audience, told.short_client, told.reuse_window) == ("urn:n", ("c", "s"), 2.5)


def test_a_client_without_its_secret_is_none() -> None:
    """The step that needs it is then not run, and says so."""
    assert place(*BASE, "--client", "c").short_client is None


def test_the_environment_has_the_password() -> None:
    """There it is in no list of processes, and goes before the option."""
    assert place(*BASE, **{PASSWORD_VARIABLE: "q"}).password == "q"


@pytest.mark.parametrize("missing", ["--notes", "--user", "--password"])
def test_what_is_missing_is_asked_for(missing: str) -> None:
    """Rather than guessed."""
    at = BASE.index(missing)

    with pytest.raises(DemoError, match="--base needs"):
        place(*BASE[:at], *BASE[at + 2 :])


@pytest.mark.parametrize(
    "url", ["id.example", "ftp://id.example", "https://", "https://id.example:99999", "http://[::"]
)
def test_a_url_is_http_or_https(url: str) -> None:
    """Found out before anything is sent."""
    with pytest.raises(DemoError, match="not an http or https URL"):
        place("--base", url, *BASE[2:])


def test_a_demo_is_visited_as_ada() -> None:
    """She may read, and not write: that is what the tour is about."""
    demo = Demo(people={"ada": "p", "grace": "q"}, clients={"demo-short": "s"}, audience="http://a", issuer="http://id")

    assert place_of_demo(demo, notes="http://n") == Place(
        issuer="http://id",
        notes="http://n",
        audience="http://a",
        user="ada",
        password="p",
        short_client=("demo-short", "s"),
        reuse_window=1,
    )


def test_options_are_what_they_say() -> None:
    """A namespace with types."""
    assert isinstance(parse([]), Options)

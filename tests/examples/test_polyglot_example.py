"""examples/polyglot: services in other languages take the same tokens of the same server, and refuse the same."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.examples.running import TOP, Running, check_a_revocation_is_felt, check_what_every_example_owes, running
from tests.services import machine
from tests.services.debian_jose import find_program
from tests.services.npm_jose import find_node, find_npm, install, is_installed
from tests.tour.http_issuer import issuing
from tokensmith.guard.testing import FakeIssuer, Flaw
from tokensmith.jose import jwt
from tokensmith.tour.exchange import get, send

FOLDER = TOP / "examples" / "polyglot"
Check = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def node() -> Path:
    found = machine.need("Node.js", find_node, packages=("nodejs",))
    npm = machine.need("npm", find_npm, packages=("npm",))
    if not (is_installed(FOLDER) or install(npm, FOLDER)):
        machine.refuse("npm's jose is missing; npm ci --prefix examples/polyglot")
    return found


@pytest.fixture(scope="module")
def example(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("polyglot/notes.mjs", tmp_path_factory.mktemp("polyglot"), runner=node) as example:
        yield example


@pytest.fixture
def check() -> Check:
    machine.need("The command jose", find_program, packages=("jose",))

    def run(token: str, issuer: str, audience: str, *scope: str) -> subprocess.CompletedProcess[str]:
        words = [str(FOLDER / "check-token.sh"), issuer, audience, *scope]
        return subprocess.run(words, input=token + "\n", capture_output=True, text=True, timeout=60, check=False)

    return run


def test_the_node_service_does_what_every_example_owes(example: Running) -> None:
    check_what_every_example_owes(example)


def test_the_node_service_feels_a_revocation(example: Running) -> None:
    check_a_revocation_is_felt(example)


def test_the_health_of_the_node_service_is_open(example: Running) -> None:
    assert send(get(f"{example.url}/health")).status == 200


def test_the_shell_takes_a_token_of_the_server(example: Running, check: Check) -> None:
    """And says whose it is."""
    token = example.token("ada")
    subject = jwt.read_unverified(token).unverified_claims["sub"]
    good = check(token, example.demo.issuer, example.url, "notes:read")

    assert (good.returncode, good.stdout, good.stderr) == (0, f"{subject}\n", "")
    assert check(token, example.demo.issuer, example.url, "notes:write").returncode == 1
    assert "another service" in check(token, example.demo.issuer, f"{example.url}/").stderr
    assert (
        "about another issuer"
        in check(token, example.demo.issuer.replace("127.0.0.1", "localhost"), example.url).stderr
    )


@pytest.mark.parametrize(
    ("flaw", "why"),
    [
        ("expired", "expired"),
        ("wrong audience", "another service"),
        ("wrong issuer", "another issuer"),
        ("wrong type", "no access token"),
        ("stranger's key", "not the issuer's"),
        ("alg none", "no key of the issuer"),
        ("damaged", "not the issuer's"),
    ],
)
def test_the_shell_refuses_what_is_wrong(flaw: Flaw, why: str, check: Check) -> None:
    with issuing(audience="https://service.test") as issuer:
        good = check(issuer.token(sub="ada"), issuer.url, issuer.audience)
        bad = check(issuer.token(sub="ada", flaw=flaw), issuer.url, issuer.audience)

    assert (good.returncode, good.stdout) == (0, "ada\n")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert why in bad.stderr


def test_the_shell_refuses_a_bound_token_and_nonsense(check: Check) -> None:
    with issuing(audience="https://service.test") as issuer:
        bound = check(issuer.token(cnf={"jkt": "x"}), issuer.url, issuer.audience)
        nonsense = [check(text, issuer.url, issuer.audience) for text in ("", "a", "a.b.c", "...", "$(id).`id`.;")]

    assert "bound to a key" in bound.stderr
    assert {each.returncode for each in nonsense} == {1}


def test_the_shell_tells_an_issuer_that_is_gone_from_a_bad_token(check: Check) -> None:
    made = FakeIssuer("http://127.0.0.1:1")

    assert check(made.token(), made.url, made.audience).returncode == 2

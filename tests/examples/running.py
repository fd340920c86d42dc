"""A real token server, and an example in a process of its own that trusts it; and what every example owes."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.services.processes import Processes, free_port
from tokensmith.tour.demo_data import Demo, read_demo
from tokensmith.tour.exchange import Exchange, Request, get, post_json, send

TOP: Final = Path(__file__).parents[2]
# A revocation is felt after five seconds at most; the machine may be busy with other tests.
LONGEST_SECONDS: Final = 30


@dataclass(frozen=True)
class Running:
    """One example and the server whose tokens it takes."""

    url: str
    demo: Demo

    def sign_in(self, name: str) -> Exchange:
        """Sign a person of the demo in; the answer has the tokens."""
        signed_in = send(
            post_json(f"{self.demo.issuer}/api/login", {"username": name, "password": self.demo.people[name]})
        )
        assert signed_in.status == 200, signed_in.body
        return signed_in

    def token(self, name: str) -> str:
        """Return an access token for a person of the demo."""
        return str(self.sign_in(name).members["access_token"])


@contextmanager
def running(program: str, folder: Path, *, runner: str | Path = sys.executable) -> Iterator[Running]:
    """Start a server on SQLite in *folder*, and ``examples/…`` *program*, by its *runner*, for its tokens."""
    server_port, port = free_port(), free_port()
    url, issuer, demo_file = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{server_port}", folder / "demo.json"
    with Processes() as processes:
        processes.start(
            *(sys.executable, "-m", "tokensmith", "serve", "--demo", "--port", str(server_port)),
            *("--database", f"sqlite:///{folder / 'tokensmith.db'}"),
            *("--demo-audience", url, "--demo-file", demo_file),
            port=server_port,
        )
        # It listens before it has made the demo, and answers afterwards.
        assert send(get(f"{issuer}/readyz")).status == 200
        processes.start(
            *(runner, TOP / "examples" / program),
            *("--issuer", issuer, "--audience", url, "--port", str(port)),
            port=port,
        )
        yield Running(url, read_demo(demo_file))


def check_what_every_example_owes(example: Running) -> None:
    """Walk through it: nobody, a reader, a writer, a damaged token, two tokens."""
    notes, ada, grace = f"{example.url}/notes", example.token("ada"), example.token("grace")
    nobody = send(get(notes))
    assert (nobody.status, nobody.headers["www-authenticate"]) == (401, "Bearer")
    assert send(get(notes, token=ada)).body.split() == ["[]"]

    refused = send(post_json(notes, {"text": "x"}, token=ada))
    assert (refused.status, refused.members["error"]) == (403, "insufficient_scope")
    assert (refused.challenge or {})["scope"] == "notes:write"

    assert send(post_json(notes, {"text": "Hello"}, token=grace)).status == 201
    assert "Hello" in send(get(notes, token=grace)).body
    assert "Hello" not in send(get(notes, token=ada)).body
    assert send(get(notes, token=f"{ada[:-8]}AAAAAAAA")).members["error"] == "invalid_token"

    two = (("Authorization", f"Bearer {ada},Bearer {ada}"),)
    assert send(Request(method="GET", url=notes, headers=two)).status == 401


def check_a_revocation_is_felt(example: Running) -> None:
    """Somebody who has signed out is not let in for longer than the bound."""
    tokens = example.sign_in("grace").members
    ask = get(f"{example.url}/notes", token=str(tokens["access_token"]))
    assert send(ask).status == 200
    out = send(post_json(f"{example.demo.issuer}/api/logout", {"refresh_token": tokens["refresh_token"]}))
    assert out.status < 300, out.body
    deadline = time.monotonic() + LONGEST_SECONDS
    while (answer := send(ask)).status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)

    assert answer.members["error"] == "invalid_token"

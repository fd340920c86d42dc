"""The key of another server is brought to running processes: what it signed there verifies, on either database."""

import json
import os
import subprocess
import sys
import time

import httpx2
import pytest

from tests.server.web.live import Live
from tokensmith.jose import Key, KeySet, jwt
from tokensmith.jose.errors import UnknownKeyError
from tokensmith.server.flows.key_ring import REFRESH_SECONDS

AUDIENCE = "https://api.example"


def bring(live: Live, key: Key, *options: str) -> None:
    """Run the command, the key on its standard input."""
    command = (sys.executable, "-m", "tokensmith", "keys", "import", "-", *options, "--database", live.database)
    jwk = json.dumps(key.to_jwk(private=True))
    subprocess.run(command, env={**os.environ, **live.key_setting}, input=jwk, text=True, check=True)


def published(live: Live, number: int) -> KeySet:
    return KeySet.from_jwks(httpx2.get(live.url(number, "/.well-known/jwks.json"), timeout=30).content)


@pytest.mark.parametrize("options", [(), ("--verify-only", "--for", "1h")], ids=["signing", "verifying"])
def test_a_token_of_the_old_server_is_good_at_whoever_reads_the_new_servers_keys(
    live: Live, options: tuple[str, ...]
) -> None:
    """The same issuer; each process shows the key within the time in which it asks the database again."""
    old = Key.generate("RS256", kid="old-server")
    token = jwt.sign({"sub": "ada"}, old, issuer=live.issuer, audience=AUDIENCE)
    with pytest.raises(UnknownKeyError):
        jwt.verify(token, published(live, 0), issuer=live.issuer, audience=AUDIENCE)
    bring(live, old, *options)

    deadline = time.monotonic() + 10 * REFRESH_SECONDS
    for number in range(len(live.ports)):
        while old.kid not in {key.kid for key in published(live, number)}:
            assert time.monotonic() < deadline
        verified = jwt.verify(token, published(live, number), issuer=live.issuer, audience=AUDIENCE)
        assert verified.claims.subject == "ada"

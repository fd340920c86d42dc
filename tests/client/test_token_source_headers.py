"""What lets a request pass: a token, and where it is bound to a key a proof with the service's nonce."""

import asyncio

from tests.client.scripted_server import ISSUER, ScriptedServer, token_answer
from tests.client.test_token_source import ITSELF, Source
from tokensmith.client import ProofKey, TokenSource


def test_headers_let_a_request_pass() -> None:
    plain = Source(token_answer())
    server = ScriptedServer(token_answer(token_type="DPoP"))
    bound = TokenSource(server.seen_by(proof_key=ProofKey()), ITSELF, server.outside)

    assert plain.tokens.headers_sync("GET", ISSUER) == {"Authorization": "Bearer a.b.c"}
    headers = asyncio.run(bound.headers("GET", ISSUER))
    assert headers.keys() == {"Authorization", "DPoP"}
    assert headers["Authorization"] == "DPoP a.b.c"
    assert headers["DPoP"] != bound.headers_sync("GET", ISSUER)["DPoP"]


def test_nonces_are_for_bound_tokens() -> None:
    server = ScriptedServer(token_answer())
    bound = TokenSource(server.seen_by(proof_key=ProofKey()), ITSELF, server.outside)

    plain = Source(token_answer()).tokens
    for tokens in (bound, plain):
        tokens.learn_nonce(ISSUER, "n-1")
    assert (bound.nonce_for(ISSUER), plain.nonce_for(ISSUER)) == ("n-1", None)

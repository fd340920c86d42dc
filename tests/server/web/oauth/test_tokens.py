"""`POST /token`: what goes in, what comes out, and every way of being turned away."""

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.guard.sender.proofs import HOLDER, THIEF, proof
from tests.server.flows.world import ISSUER, NOTES, READ
from tests.server.web.served import FORM, Served
from tokensmith.jose import Key, KeySet, jwt
from tokensmith.server.domain.errors import UnavailableError

pytestmark = pytest.mark.anyio


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


async def test_a_client_gets_a_token_for_itself(served: Served) -> None:
    """P48, P50: RFC 6749 §4.4, §5.1; RFC 9068 §2: a signed access token for one audience."""
    answer = await served.post_form("/token", {"grant_type": "client_credentials", **served.basic("robot")})

    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 900, READ)
    keys = KeySet.from_jwks((await served.get("/.well-known/jwks.json")).json())
    _, clock = await served.world.ring.public_keys()
    verifier = jwt.Verifier(keys, issuer=ISSUER, audience=NOTES, typ="at+jwt", clock=clock)
    claims = verifier.verify(body["access_token"]).claims
    assert claims["client_id"] == "robot"


async def test_token_answers_are_stored_nowhere(served: Served) -> None:
    """P46: RFC 6749 §5.1: Cache-Control: no-store, on refusals as well."""
    granted = await served.post_form("/token", {"grant_type": "client_credentials", **served.basic("robot")})
    refused = await served.post_form("/token", {})

    for answer in (granted, refused):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "application/json"


async def test_the_secret_may_stand_in_the_header(served: Served) -> None:
    """P42: RFC 6749 §2.3.1: client_secret_basic, both halves form-encoded."""
    header = basic("ro%62ot", served.world.secrets["robot"])
    answer = await served.post_form("/token", "grant_type=client_credentials", authorization=header)

    assert answer.status_code == 200


async def test_a_refresh_token_is_exchanged(served: Served) -> None:
    """RFC 6749 §6: the first-party client is public and refreshes by its name alone (§3.2.1)."""
    first = await served.world.sign_in("grace")
    form = {"grant_type": "refresh_token", "client_id": "first-party", "refresh_token": first.refresh_token or ""}
    answer = await served.post_form("/token", {**form, "scope": READ})

    assert answer.status_code == 200
    assert answer.json()["scope"] == READ
    assert answer.json()["refresh_token"] not in {None, first.refresh_token}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_client"),
        ("grant_type=client_credentials", "invalid_client"),
        ("client_id=first-party", "invalid_request"),
        ("client_id=first-party&grant_type=", "invalid_request"),
        ("client_id=first-party&grant_type=password&username=ada&password=x", "unsupported_grant_type"),
        ("client_id=first-party&grant_type=refresh_token", "invalid_request"),
        ("client_id=first-party&grant_type=refresh_token&refresh_token=x", "invalid_grant"),
        ("client_id=first-party&grant_type=client_credentials", "unauthorized_client"),
        ("client_id=first-party&client_id=first-party&grant_type=refresh_token", "invalid_request"),
        ("client_id=nobody&grant_type=refresh_token", "invalid_client"),
        ("client_id=robot&client_secret=wrong&grant_type=client_credentials", "invalid_client"),
        ("client_id=robot&grant_type=client_credentials", "invalid_client"),
        ("client_id=first-party&client_secret=x&grant_type=refresh_token", "invalid_client"),
        ("client_id=robot&client_assertion=x&grant_type=client_credentials", "invalid_client"),
        ("grant_type=%FF", "invalid_request"),
    ],
)
async def test_a_refusal_has_the_word_of_the_standard(served: Served, body: str, error: str) -> None:
    """P43, P44: RFC 6749 §5.2; the id is where the log has the reason."""
    answer = await served.post_form("/token", body)

    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert answer.json().keys() == {"error", "error_description", "error_id"}
    assert answer.json()["error"] == error
    assert ("www-authenticate" in answer.headers) is (error == "invalid_client")


@pytest.mark.parametrize(
    ("parameter", "error"),
    [
        ("scope=notes:write", "invalid_scope"),
        ("scope=a%22b", "invalid_scope"),
        ("resource=https://other", "invalid_target"),
    ],
)
async def test_what_cannot_be_had_is_refused(served: Served, parameter: str, error: str) -> None:
    """RFC 6749 §3.3, RFC 8707 §2."""
    header = basic("robot", served.world.secrets["robot"])
    answer = await served.post_form("/token", f"grant_type=client_credentials&{parameter}", authorization=header)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_an_unknown_parameter_is_ignored(served: Served) -> None:
    """RFC 6749 §3.2."""
    form = {"grant_type": "client_credentials", "colour": "blue", **served.basic("robot")}

    assert (await served.post_form("/token", form)).status_code == 200


async def test_only_a_form_is_read(served: Served) -> None:
    """P41: RFC 6749 §3.2: POST, application/x-www-form-urlencoded; the URL's query is not looked at."""
    form = {"grant_type": "client_credentials", **served.basic("robot")}
    async with served.http() as client:
        in_query = await client.post("/token", params=form, headers=FORM)
        as_json = await client.post("/token", json=form)
        by_get = await client.get("/token", params=form)

    assert in_query.json()["error"] == "invalid_client"
    assert as_json.json()["error"] == "invalid_request"
    assert (by_get.status_code, by_get.headers["allow"]) == (405, "POST")


async def test_wrong_secrets_are_counted_and_then_refused_unseen(served: Served) -> None:
    """P45: RFC 6749 §2.3.1: protected against brute force; the neighbour behind the same address is not shut out."""
    served.client_failures.room = 2
    wrong = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": "wrong"}
    statuses = [(await served.post_form("/token", wrong)).status_code for _ in range(4)]
    right = await served.post_form("/token", {**wrong, **served.basic("robot")})
    neighbour = await served.post_form("/token", {**wrong, **served.basic("watcher")})

    assert statuses == [401, 401, 429, 429]
    assert (right.status_code, right.headers["retry-after"]) == (429, "7")
    assert neighbour.status_code == 400


async def test_a_database_that_is_down_is_no_fault_of_the_caller(served: Served) -> None:
    """503 with Retry-After, and never invalid_client, which would tell a good client that its secret is bad."""
    served.world.store.outage = UnavailableError("The database cannot be reached.", detail="connection refused")
    answer = await served.post_form("/token", {"grant_type": "client_credentials", **served.basic("robot")})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["error"] == "temporarily_unavailable"
    assert "connection" not in answer.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=st.one_of(st.binary(max_size=300), st.text(alphabet="=&%+;ag_client0", max_size=80).map(str.encode)))
async def test_any_bytes_are_answered(served: Served, body: bytes) -> None:
    """Nothing that can be sent is a mistake of ours."""
    async with served.http() as client:
        answer = await client.post("/token", content=body, headers=FORM)

    assert answer.status_code in {400, 401, 429}
    assert answer.json()["error_id"]


def proof_for(served: Served, path: str, *, key: Key = HOLDER) -> str:
    return proof(key, htm="POST", htu=f"{ISSUER}{path}", iat=int(served.world.now()))


async def test_a_proof_gives_a_bound_token(served: Served) -> None:
    """P80; RFC 9449 §5."""
    form = {"grant_type": "client_credentials", **served.basic("robot")}
    answer = await served.post_form("/token", form, dpop=proof_for(served, "/token"))

    assert (answer.status_code, answer.json()["token_type"]) == (200, "DPoP")
    token = jwt.read_unverified(answer.json()["access_token"])
    assert token.unverified_claims["cnf"] == {"jkt": HOLDER.thumbprint()}


async def test_a_bad_proof_gives_no_token_at_all(served: Served) -> None:
    """RFC 9449 §5: invalid_dpop_proof; a bearer token would be what its sender does not want."""
    form = {"grant_type": "client_credentials", **served.basic("robot")}
    answer = await served.post_form("/token", form, dpop=proof_for(served, "/revoke"))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
    assert served.refused("dpop_proof_uri") == 1


async def test_a_refresh_keeps_to_its_key(served: Served) -> None:
    """P80: a public client's refresh token is bound, and over HTTP as well."""
    first = await served.world.sign_in(key_thumbprint=HOLDER.thumbprint())
    form = {"grant_type": "refresh_token", "client_id": "first-party", "refresh_token": first.refresh_token or ""}
    without = await served.post_form("/token", form)
    stolen = await served.post_form("/token", form, dpop=proof_for(served, "/token", key=THIEF))
    good = await served.post_form("/token", form, dpop=proof_for(served, "/token"))

    assert (without.status_code, without.json()["error"]) == (400, "invalid_dpop_proof")
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert (good.status_code, good.json()["token_type"]) == (200, "DPoP")

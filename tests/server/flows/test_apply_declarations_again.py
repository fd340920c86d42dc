"""Whatever is stored, a file is so after it: applied again, it changes nothing; and one can go back to another."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.fakes import InMemoryStore
from tests.server.flows.declaring import apply, everything, plan_of
from tests.server.flows.world import NOTES
from tokensmith.jose import Key
from tokensmith.server.domain.ids import ClientId

MAIL = "https://mail.example"
JWKS = {"keys": [dict(Key.generate("ES256").public().to_jwk())]}

texts = st.text(min_size=1, max_size=5)
seconds = st.integers(1, 60)
grants = [["client_credentials"], ["authorization_code", "refresh_token"], ["refresh_token"]]
clients = st.fixed_dictionaries(
    {
        "grant_types": st.sampled_from(grants),
        "redirect_uris": st.just(["https://app.example/cb"]),
        "jwks": st.just(JWKS),
    },
    optional={
        "client_name": texts,
        "token_endpoint_auth_method": st.sampled_from(["client_secret_post", "private_key_jwt"]),
        "trusted": st.booleans(),
        "opaque": st.booleans(),
        "require_pkce": st.booleans(),
        "signing_alg": st.sampled_from(["ES256", "RS256"]),
        "access_seconds": seconds,
        "lost_answer_seconds": seconds,
        "scopes": st.dictionaries(
            st.sampled_from([NOTES, MAIL]), st.lists(st.sampled_from(["a", "b"]), max_size=2), max_size=2
        ),
        "disabled": st.booleans(),
    },
)
public = {"grant_types": ["refresh_token"], "token_endpoint_auth_method": "none"}
fapi2 = {"grant_types": ["refresh_token"], "jwks": JWKS, "profile": "fapi2"}
resources = st.fixed_dictionaries(
    {"scopes": st.just({"a": "Do a", "b": ""})}, optional={"title": texts, "open": st.booleans()}
)
files = st.fixed_dictionaries(
    {
        "resources": st.fixed_dictionaries({NOTES: resources, MAIL: resources}),
        "clients": st.dictionaries(
            st.sampled_from(["web", "robot"]),
            clients | st.builds(dict, st.sampled_from([public, fapi2])),
            min_size=1,
            max_size=2,
        ),
    }
)


def differs(store: InMemoryStore, file: dict[str, Any]) -> bool:
    return bool(asyncio.run(plan_of(store, **file)).differences)


@settings(max_examples=200)
@given(first=files, second=files)
def test_a_file_is_so_after_it_whatever_was_before(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Applied twice is applied once; and back again is what it was, but for what the other file alone has named."""
    store = InMemoryStore()
    asyncio.run(apply(store, **first))
    stored = everything(store)
    named = stored["clients"].keys()
    assert not differs(store, first)
    asyncio.run(apply(store, **second))
    assert not differs(store, second)
    # Whether it is switched off is left as it is where a file does not say so.
    for client_id, table in first["clients"].items():
        table["disabled"] = stored["clients"][ClientId(client_id)]["disabled"]
    asyncio.run(apply(store, **first))
    assert not differs(store, first)
    back = everything(store)
    assert without_secrets(back["clients"], named) == without_secrets(stored["clients"], named)
    assert {key: back["client_scopes"].get(key, {}) for key in named} == {
        key: stored["client_scopes"].get(key, {}) for key in named
    }
    assert {one["audience"]: one for one in back["resources"].values()}.items() >= {
        one["audience"]: one for one in stored["resources"].values()
    }.items()


def without_secrets(all_clients: dict[ClientId, Any], named: Any) -> dict[ClientId, Any]:
    return {key: {**all_clients[key], "secret_digests": len(all_clients[key]["secret_digests"])} for key in named}

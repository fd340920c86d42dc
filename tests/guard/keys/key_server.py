"""An issuer whose key set is fetched from a script, for the tests of RemoteKeys."""

from tests.guard.scripted import ScriptedOutside, json_answer, run
from tokensmith.guard.keys import RemoteKeys
from tokensmith.jose import Key
from tokensmith.outbound import FetchError, FetchRules, Response

ISSUER = "https://id.test"
METADATA = f"{ISSUER}/.well-known/oauth-authorization-server"
KEYS = f"{ISSUER}/keys"
OLD, NEW = Key.generate("ES256", kid="old"), Key.generate("ES256", kid="new")
DOWN = FetchError("Nobody answers.", code="unreachable")


def issuer_online() -> ScriptedOutside:
    return ScriptedOutside({METADATA: json_answer({"issuer": ISSUER, "jwks_uri": KEYS}), KEYS: key_set(OLD)})


def remote_keys() -> RemoteKeys:
    return RemoteKeys(ISSUER, rules=FetchRules(trusted_origin=ISSUER))


def key_set(*keys: Key, max_age: int = 100, etag: str = "") -> Response:
    headers = {"Cache_Control": f"max-age={max_age}"} | ({"ETag": etag} if etag else {})
    return json_answer({"keys": [key.to_jwk() for key in keys]}, **headers)


def find(keys: RemoteKeys, outside: ScriptedOutside, kid: str = "old") -> str | None:
    return run(keys.find({"alg": "ES256", "kid": kid}, outside)).kid


def fetches(outside: ScriptedOutside) -> int:
    return outside.fetched.count(KEYS)

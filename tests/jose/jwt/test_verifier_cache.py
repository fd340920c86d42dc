"""A verifier that remembers: nothing passes that would not pass without."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jose.jwt.tokens import AUDIENCE, ISSUER, KEY, NOW, good_claims, good_token, spell
from tokensmith.jose import JoseError, Key, KeySet, jwt
from tokensmith.jose.errors import ExpiredTokenError, InvalidSignatureError, UnacceptableTokenError, UnknownKeyError
from tokensmith.jose.header import Header
from tokensmith.jose.limits import Limits


@dataclass
class Turning:
    """A clock somebody turns."""

    seconds: float = NOW

    def now(self) -> float:
        return self.seconds


@dataclass
class Ring:
    """A source of keys that change; counts how often it is asked."""

    key: Key
    asked: int = 0

    def __call__(self, header: Header) -> Key:
        self.asked += 1
        return self.key


@dataclass
class Counted:
    """A verifier with a memory, on a clock of its own, for telling a hit from a miss."""

    keys: Any = KEY
    options: dict[str, Any] = field(default_factory=dict)
    clock: Turning = field(default_factory=Turning)

    def __post_init__(self) -> None:
        defaults = {"issuer": ISSUER, "audience": AUDIENCE, "cache_size": 100}
        self.verifier = jwt.Verifier(self.keys, clock=self.clock, **{**defaults, **self.options})

    def is_hit(self, token: str | bytes, **key: Any) -> bool:
        """Verify twice: a result that comes from memory is the very same."""
        return self.verifier.verify(token, **key) is self.verifier.verify(token, **key)


def twin(key: Key) -> Key:
    """Make another Key object of the same material, as each fetch of a key set does."""
    return Key.from_jwk(key.to_jwk(private=True))


def test_it_is_off_unless_asked_for() -> None:
    """G07."""
    assert not Counted(options={"cache_size": 0}).is_hit(good_token())
    assert Counted().is_hit(good_token())


def test_text_and_bytes_are_the_same_token() -> None:
    counted = Counted()

    assert counted.verifier.verify(good_token()) is counted.verifier.verify(good_token().encode())


@pytest.mark.parametrize(("times", "now", "good"), [
    ({"exp": NOW + 60}, NOW + 59, True),
    ({"exp": NOW + 60}, NOW + 60, False),
    ({"exp": NOW + 60, "nbf": NOW}, NOW - 1, False),
    ({"exp": NOW + 60, "iat": NOW}, NOW - 1, False),
])  # fmt: skip
def test_times_are_asked_for_at_each_hit(times: dict[str, object], now: float, good: bool) -> None:
    """G07: never beyond "exp", and not before the others either, should the clock be set back."""
    counted = Counted()
    token = good_token(**times)
    first = counted.verifier.verify(token)
    counted.clock.seconds = now

    if good:
        assert counted.verifier.verify(token) is first
    else:
        with pytest.raises(JoseError) as caught:
            counted.verifier.verify(token)
        assert caught.value.code in {"expired", "not_yet_valid", "issued_in_the_future"}


def test_leeway_and_age_are_those_of_the_verifier() -> None:
    counted = Counted(options={"leeway": 10, "max_age": 60})
    token = good_token()
    first = counted.verifier.verify(token)
    counted.clock.seconds = NOW + 69

    assert counted.verifier.verify(token) is first
    counted.clock.seconds = NOW + 71
    with pytest.raises(ExpiredTokenError) as caught:
        counted.verifier.verify(token)
    assert caught.value.code == "too_old"


@given(
    times=st.fixed_dictionaries({name: st.integers(NOW - 20, NOW + 20) for name in ("exp", "iat", "nbf")}),
    leeway=st.integers(0, 10),
    max_age=st.none() | st.integers(1, 20),
    moments=st.lists(st.integers(NOW - 40, NOW + 40), max_size=12),
)
def test_memory_changes_no_answer(times: dict[str, int], leeway: int, max_age: int | None, moments: list[int]) -> None:
    """G07: at every moment the same as from a verifier that remembers nothing."""
    options = {"leeway": leeway, "max_age": max_age}
    counted = Counted(options=options)
    plain = Counted(options={**options, "cache_size": 0}, clock=counted.clock)
    token = good_token(**times)
    for moment in moments:
        counted.clock.seconds = moment
        assert answer(counted.verifier, token) == answer(plain.verifier, token)


def answer(verifier: jwt.Verifier, token: str) -> str:
    try:
        return repr(verifier.verify(token).claims)
    except JoseError as error:
        return error.code


@pytest.mark.parametrize("part", [0, 1, 2])
def test_another_token_is_never_found(part: int) -> None:
    """G07: a genuine header and payload are no reason to believe another signature, nor the other way round."""
    counted = Counted()
    token = good_token()
    counted.verifier.verify(token)
    parts = token.split(".")
    parts[part] = spell({"alg": "HS256", "x": 1}, good_claims(sub="eve")).split(".")[part]

    with pytest.raises(InvalidSignatureError):
        counted.verifier.verify(".".join(parts))


def test_a_refusal_is_not_remembered_as_anything() -> None:
    counted = Counted()
    token = good_token(nbf=NOW + 1)
    with pytest.raises(JoseError):
        counted.verifier.verify(token)
    counted.clock.seconds = NOW + 1

    assert counted.verifier.verify(token).claims.subject == "ada"


def test_two_verifiers_share_no_memory() -> None:
    """G07: what one accepts, another, with other expectations, does not take from it."""
    token = good_token()
    Counted().verifier.verify(token)

    with pytest.raises(UnacceptableTokenError):
        Counted(options={"audience": "other"}).verifier.verify(token)


def test_a_source_of_keys_is_asked_each_time() -> None:
    ring = Ring(KEY)
    counted = Counted(ring)

    assert counted.is_hit(good_token())
    assert ring.asked == 2


def test_all_is_forgotten_when_the_keys_change() -> None:
    """G07: even if the new key would verify the same tokens, none of the old answers is given again."""
    ring = Ring(KEY)
    counted = Counted(ring)
    tokens = [good_token(jti=str(number)) for number in range(3)]
    first = [counted.verifier.verify(token) for token in tokens]
    ring.key = twin(KEY)

    again = counted.verifier.verify(tokens[0])
    assert again is not first[0]
    assert again.key is ring.key
    ring.key = KEY
    assert counted.verifier.verify(tokens[1]) is not first[1]


def test_a_retired_key_ends_what_it_signed() -> None:
    """G09."""
    ring = Ring(KEY)
    counted = Counted(ring)
    counted.verifier.verify(good_token())
    ring.key = Key.generate("HS256", kid="k")

    with pytest.raises(InvalidSignatureError):
        counted.verifier.verify(good_token())


def test_a_source_that_has_no_key_any_more_refuses() -> None:
    keys = [KEY]
    counted = Counted(lambda header: KeySet(keys).find(header))
    counted.verifier.verify(good_token())
    keys.clear()

    with pytest.raises(UnknownKeyError):
        counted.verifier.verify(good_token())


def test_a_key_that_is_given_has_to_be_the_same() -> None:
    """This is how a guard calls it, whose keys come from the network."""
    counted = Counted(None)

    assert counted.is_hit(good_token(), key=KEY)
    assert counted.verifier.verify(good_token(), key=twin(KEY)).key is not KEY
    with pytest.raises(InvalidSignatureError):
        counted.verifier.verify(good_token(), key=Key.generate("HS256", kid="k"))


def test_a_key_set_is_frozen_and_need_not_be_asked() -> None:
    assert Counted(KeySet([KEY])).is_hit(good_token())


def test_checks_are_asked_each_time() -> None:
    """What they look at may have changed since."""
    seen: list[object] = []

    def not_thrice(claims: jwt.Claims) -> None:
        seen.append(claims)
        if len(seen) > 2:
            raise UnacceptableTokenError("Enough.", code="enough")

    counted = Counted(options={"checks": [not_thrice]})

    assert counted.is_hit(good_token())
    with pytest.raises(UnacceptableTokenError):
        counted.verifier.verify(good_token())


class Mutable(msgspec.Struct):
    """Claims that somebody may change."""

    sub: str
    roles: Any = msgspec.field(default_factory=list)


def test_what_one_caller_changes_is_not_for_the_next() -> None:
    """E14: a type of the caller's is filled anew each time."""
    counted = Counted(options={"claims_type": Mutable})
    token = good_token(roles=["reader"])
    for _ in range(3):
        claims = counted.verifier.verify(token).claims
        assert (claims.sub, claims.roles) == ("ada", ["reader"])  # type: ignore[attr-defined]
        claims.sub = "root"  # type: ignore[attr-defined]
        claims.roles.append("admin")  # type: ignore[attr-defined]


def test_checks_see_the_callers_type_from_memory_too() -> None:
    seen: list[object] = []
    counted = Counted(options={"claims_type": Mutable, "checks": [seen.append]})
    counted.verifier.verify(good_token())
    counted.verifier.verify(good_token())

    assert seen == [Mutable("ada"), Mutable("ada")]


def test_what_is_over_takes_no_room() -> None:
    counted = Counted()
    token = good_token()
    counted.verifier.verify(token)
    counted.clock.seconds = NOW + 300
    with pytest.raises(ExpiredTokenError):
        counted.verifier.verify(token)

    assert counted.verifier._cache is not None
    assert len(counted.verifier._cache) == 0


def test_limits_hold_as_ever() -> None:
    """E06."""
    counted = Counted(options={"limits": Limits(max_token_bytes=len(good_token()))})

    assert counted.is_hit(good_token())
    with pytest.raises(JoseError) as caught:
        counted.verifier.verify(good_token(x="x" * 1000))
    assert caught.value.code == "too_large"


@pytest.mark.parametrize("token", [None, 1, bytearray(b"x"), ["x"]])
def test_what_is_no_text_is_a_mistake_of_the_caller(token: object) -> None:
    with pytest.raises(TypeError):
        Counted().verifier.verify(token)  # type: ignore[arg-type]


@pytest.mark.parametrize("token", ["\ud800", "ä.ä.ä", b"\xff", ""])
def test_what_is_no_token_is_refused(token: str | bytes) -> None:
    with pytest.raises(JoseError):
        Counted().verifier.verify(token)

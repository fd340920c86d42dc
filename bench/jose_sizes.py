"""What size costs: genuine tokens from 100 B to 1 MB, and 1 MB from somebody who means harm.

The measure for the second is what a genuine token of that length costs, with the ceiling raised so far that it fits.
"""

from collections.abc import Callable, Mapping

from jose_timing import Timing, measure

from tokensmith.jose import JoseError, Key, base64url, jwt
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits

SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
MEGABYTE = 1_000_000
RAISED = Limits(max_token_bytes=2 * MEGABYTE)
KEY = Key.from_secret(bytes(range(32)))
STRANGER = Key.from_secret(bytes(range(1, 33)))


def verifier(limits: Limits) -> jwt.Verifier:
    return jwt.Verifier(KEY, issuer=jwt.ANY, audience=jwt.ANY, limits=limits)


def long_token(key: Key, *, octets: int) -> str:
    """Sign a token of about *octets* bytes, most of them in one claim."""
    return jwt.sign({"long": "a b:" * (octets * 3 // 16)}, key)


def grown(rounds: int) -> dict[int, Timing]:
    """Verify genuine tokens, by their length in bytes, about."""
    checking = verifier(RAISED)
    tokens = {size: long_token(KEY, octets=size) for size in SIZES}
    calls = {str(size): (lambda token=token: checking.verify(token)) for size, token in tokens.items()}
    return {int(size): timing for size, timing in measure(calls, rounds=rounds).items()}


def per_byte(grown: Mapping[int, Timing]) -> float:
    """Compare the cost of a byte in the longest token with that in one a hundred times shorter."""
    longest, shorter = SIZES[-1], SIZES[-3]
    return (grown[longest].low / longest) / (grown[shorter].low / shorter)


def hostile() -> dict[str, str]:
    """Texts of 1 MB that cost whoever reads them without looking first."""
    header = base64url.encode(b'{"alg":"HS256"}')
    three_quarters = MEGABYTE * 3 // 4
    return {
        "full stops": "." * MEGABYTE,
        "no ASCII": "ä" * MEGABYTE,
        "one long part": "A" * MEGABYTE,
        "long header": base64url.encode(b"{" + b" " * three_quarters + b"}") + ".e30.AAAA",
        "deep header": base64url.encode(b"[" * three_quarters) + ".e30.AAAA",
        "long signature": f"{header}.e30.{'A' * MEGABYTE}",
        "forged": long_token(STRANGER, octets=MEGABYTE),
    }


def refused(rounds: int) -> dict[str, dict[str, Timing]]:
    """Refuse each hostile text: what it is → under which ceilings, beside a genuine token."""
    raised, genuine = verifier(RAISED), long_token(KEY, octets=MEGABYTE)
    return {
        name: measure(
            {
                "usual": refusing(verifier(DEFAULT_LIMITS), text),
                "raised": refusing(raised, text),
                "genuine": lambda: raised.verify(genuine),
            },
            rounds=rounds,
        )
        for name, text in hostile().items()
    }


def refusing(checking: jwt.Verifier, text: str) -> Callable[[], None]:
    def refuse() -> None:
        try:
            checking.verify(text)
        except JoseError:
            return
        raise AssertionError("it was accepted")

    return refuse

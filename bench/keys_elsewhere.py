"""What a signature costs in a PKCS#11 token (SoftHSM), beside one made in the process.

    python bench/keys_elsewhere.py [--seconds 3]

Each row signs one access token of nine claims after another with `jwt.Signer`: in the process, in the token, and in the
token by way of the thread that the server waits on. SoftHSM is software on the same processor: a token in hardware has
figures of its own, and its distance on top.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from tokensmith.jose import Key, jwt
from tokensmith.server.gateways.pkcs11_keys import Pkcs11Keys
from tokensmith.server.gateways.pkcs11_session import Pkcs11Session

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.services.softhsm import SoftHsm, find_module, find_program

ISSUER, AUDIENCE = "https://id.example", "https://api.example"
CLAIMS: Final = {"sub": "ada", "client_id": "web", "scope": "notes:read notes:write", "jti": "a" * 22}
WARM_UP: Final = 50


def signer(key: Key) -> jwt.Signer:
    return jwt.Signer(key, issuer=ISSUER, audience=AUDIENCE, lifetime=timedelta(minutes=5), typ="at+jwt")


async def rate(sign: Callable[[], Awaitable[str]], *, seconds: float) -> tuple[float, float]:
    """Sign for so long; signatures per second, by the clock and by this process's processor time."""
    for _ in range(WARM_UP):
        await sign()
    count, began, used = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        await sign()
        count += 1
    return count / (time.perf_counter() - began), count / (time.process_time() - used)


async def measure(token: SoftHsm, *, seconds: float) -> None:
    keys = Pkcs11Keys(Pkcs11Session(token.module, token=token.label, pin=token.pin))
    print(f"{'':8}{'where':24}{'per second':>12}{'per CPU s':>12}{'ratio of these':>16}")
    for alg in ("ES256", "RS256"):
        made = await keys.generate(alg)
        inside, outside = signer(Key.generate(alg)), signer(await keys.open(made.key_id, made.public))

        async def here(signing: jwt.Signer = inside) -> str:
            return signing.sign(CLAIMS)

        async def there(signing: jwt.Signer = outside) -> str:
            return signing.sign(CLAIMS)

        async def on_thread(signing: jwt.Signer = outside) -> str:
            return await keys.run(lambda: signing.sign(CLAIMS))

        base = 0.0
        for where, sign in {"in the process": here, "in SoftHSM": there, "in SoftHSM, by thread": on_thread}.items():
            per_second, per_cpu_second = await rate(sign, seconds=seconds)
            base = base or per_cpu_second
            print(f"{alg:8}{where:24}{per_second:12,.0f}{per_cpu_second:12,.0f}{per_cpu_second / base:16.2f}")
    await keys.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0)
    seconds = parser.parse_args().seconds
    program, module = find_program(), find_module()
    if program is None or module is None:
        raise SystemExit("SoftHSM is missing: apt-get install softhsm2")
    with tempfile.TemporaryDirectory() as folder:
        token = SoftHsm(module, Path(folder))
        token.initialise(program)
        os.environ.update(token.environment)
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
        asyncio.run(measure(token, seconds=seconds))


if __name__ == "__main__":
    main()

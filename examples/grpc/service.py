"""Notes over gRPC, for whoever carries a good token of one issuer; messages are plain UTF-8, so nothing is generated.

python examples/grpc/service.py --issuer http://127.0.0.1:8000 --audience http://127.0.0.1:8001 --port 8001
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc

from tokensmith.guard import Guard, Issuer, Need
from tokensmith.integrations.grpc import GuardInterceptor, principal_of

notes: defaultdict[str, list[str]] = defaultdict(list)
NEEDS = {"/notes.Notes/Read": Need("notes:read"), "/notes.Notes/Write": Need("notes:write")}


def read(_request: bytes, _context: grpc.ServicerContext) -> Iterator[bytes]:
    for text in notes[principal_of().subject]:
        yield text.encode()


def write(request: bytes, _context: grpc.ServicerContext) -> bytes:
    notes[principal_of().subject].append(request.decode())
    return b""


def server(guard: Guard) -> grpc.Server:
    made = grpc.server(ThreadPoolExecutor(), interceptors=[GuardInterceptor(guard, needs=NEEDS, default=None)])
    methods = {"Read": grpc.unary_stream_rpc_method_handler(read), "Write": grpc.unary_unary_rpc_method_handler(write)}
    made.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("notes.Notes", methods)])
    return made


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--issuer", default="http://127.0.0.1:8000")
    options.add_argument("--audience", default="http://127.0.0.1:8001")
    options.add_argument("--port", type=int, default=8001)
    chosen = options.parse_args()
    started = server(Guard(Issuer(chosen.issuer, audience=chosen.audience)))
    started.add_insecure_port(f"127.0.0.1:{chosen.port}")
    started.start()
    started.wait_for_termination()

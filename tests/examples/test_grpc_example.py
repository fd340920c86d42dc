"""examples/grpc: a real process, called with tokens of a real server."""

import time
from collections.abc import Iterator

import grpc
import pytest

from tests.examples.running import LONGEST_SECONDS, Running, running
from tests.integrations.grpc_services import Metadata
from tokensmith.tour.exchange import post_json, send


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("grpc/service.py", tmp_path_factory.mktemp("grpc")) as started:
        yield started


@pytest.fixture(scope="module")
def channel(example: Running) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(example.url.removeprefix("http://")) as opened:
        yield opened


def with_token(token: str) -> Metadata:
    return [("authorization", f"Bearer {token}")]


def read(channel: grpc.Channel, metadata: Metadata = ()) -> list[bytes] | grpc.StatusCode:
    try:
        return list(channel.unary_stream("/notes.Notes/Read")(b"", metadata=metadata, timeout=20))
    except grpc.RpcError as error:
        return error.code()  # type: ignore[attr-defined,no-any-return]


def test_it_keeps_everybodys_notes_apart(example: Running, channel: grpc.Channel) -> None:
    ada, grace = with_token(example.token("ada")), with_token(example.token("grace"))
    write = channel.unary_unary("/notes.Notes/Write")
    write(b"Hello", metadata=grace, timeout=20)

    assert read(channel, grace) == [b"Hello"]
    assert read(channel, ada) == []
    assert read(channel) is grpc.StatusCode.UNAUTHENTICATED
    with pytest.raises(grpc.RpcError) as refused:
        write(b"x", metadata=ada, timeout=20)
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED  # type: ignore[attr-defined]


def test_somebody_who_signed_out_is_refused(example: Running, channel: grpc.Channel) -> None:
    tokens = example.sign_in("grace").members
    metadata = with_token(str(tokens["access_token"]))
    assert read(channel, metadata) != grpc.StatusCode.UNAUTHENTICATED
    assert send(post_json(f"{example.demo.issuer}/api/logout", {"refresh_token": tokens["refresh_token"]})).status < 300
    deadline = time.monotonic() + LONGEST_SECONDS
    while read(channel, metadata) is not grpc.StatusCode.UNAUTHENTICATED:
        assert time.monotonic() < deadline
        time.sleep(0.2)

"""Signing in on another device: what is shown, and how patiently is asked."""

import pytest

from tests.client.scripted_server import ISSUER, ScriptedServer, refusal, token_answer
from tests.guard.scripted import json_answer, run
from tokensmith.client import (
    ClientError,
    DeviceLogin,
    RefusedError,
    ServerUnavailableError,
    SignInAgainError,
    UnusableAnswerError,
)
from tokensmith.client.device import start_device, wait_for_device
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, Response

DEVICE_URL = f"{ISSUER}/device_authorization"
PENDING = refusal("authorization_pending")
SILENCE = FetchError("Silence.", code="timed_out")


def device_answer(**members: JsonValue) -> Response:
    """RFC 8628 §3.2; None leaves a member out."""
    usual: dict[str, JsonValue] = {
        "device_code": "d-1",
        "user_code": "WDJB-MJHT",
        "verification_uri": "https://id.test/device",
        "expires_in": 100,
    }
    return json_answer({name: value for name, value in (usual | members).items() if value is not None})


class Device:
    """A sign-in at a scripted server; waiting moves the clock."""

    def __init__(self, *answers: object, started: Response | FetchError | None = None) -> None:
        self.server = ScriptedServer(
            *answers,  # type: ignore[arg-type]
            metadata={"device_authorization_endpoint": DEVICE_URL},
        )
        self.server.outside.documents[DEVICE_URL] = started or device_answer()
        self.seen = self.server.seen_by()
        self.waited: list[float] = []

    def start(self, *, scope: str | None = None, resource: str | None = None) -> DeviceLogin:
        return run(start_device(self.seen, self.server.outside, scope=scope, resource=resource))

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.server.outside.seconds += seconds

    def wait(self) -> str:
        answer = run(wait_for_device(self.start(), self.seen, self.server.outside, pause=self.pause))
        return answer.access_token

    def refused(self) -> ClientError:
        with pytest.raises(ClientError) as caught:
            self.wait()
        return caught.value


def test_a_code_is_asked_for_and_shown() -> None:
    """RFC 8628 §3.1, §3.2."""
    device = Device(PENDING, started=device_answer(verification_uri_complete="https://id.test/device?c=W", interval=7))
    login = device.start(scope="a b", resource="https://notes.test")

    assert device.server.forms == [{"client_id": "tool", "scope": "a b", "resource": "https://notes.test"}]
    assert (login.user_code, login.verification_uri) == ("WDJB-MJHT", "https://id.test/device")
    assert (login.verification_uri_complete, login.expires_in, login.interval) == ("https://id.test/device?c=W", 100, 7)
    assert "d-1" not in repr(login)


@pytest.mark.parametrize("interval", [None, 0, -1, True, "5", 301])
def test_an_interval_that_is_none_is_five_seconds(interval: JsonValue) -> None:
    """RFC 8628 §3.2."""
    assert Device(PENDING, started=device_answer(interval=interval)).start().interval == 5


@pytest.mark.parametrize("missing", ["device_code", "user_code", "verification_uri", "expires_in"])
def test_an_answer_without_what_is_needed_is_none(missing: str) -> None:
    with pytest.raises(UnusableAnswerError):
        Device(PENDING, started=device_answer(**{missing: None})).start()


def test_a_server_that_does_not_offer_it_says_so() -> None:
    server = ScriptedServer(token_answer())
    with pytest.raises(RefusedError) as caught:
        run(start_device(server.seen_by(), server.outside, scope=None, resource=None))

    assert caught.value.code == "not_offered"


def test_a_refused_start_is_told() -> None:
    with pytest.raises(RefusedError, match="unauthorized_client"):
        Device(PENDING, started=refusal("unauthorized_client")).start()


def test_the_person_is_waited_for() -> None:
    """P85; RFC 8628 §3.4, §3.5."""
    device = Device(PENDING, PENDING, token_answer("a"))

    assert device.wait() == "a"
    assert device.waited == [5, 5, 5]
    assert device.server.forms[1] == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": "d-1",
        "client_id": "tool",
    }


def test_slow_down_means_five_seconds_more_from_now_on() -> None:
    """P85; RFC 8628 §3.5."""
    device = Device(refusal("slow_down"), PENDING, refusal("slow_down"), token_answer("a"))
    device.wait()

    assert device.waited == [5, 10, 10, 15]


def test_a_server_in_trouble_is_asked_ever_more_seldom() -> None:
    """RFC 8628 §3.5: exponential back-off; and the person's sign-in is not lost by it."""
    device = Device(SILENCE, SILENCE, refusal("x", status=503), token_answer("a"))

    assert device.wait() == "a"
    assert device.waited == [5, 10, 20, 40]


@pytest.mark.parametrize("error", ["access_denied", "expired_token"])
def test_a_no_is_a_no(error: str) -> None:
    """P85."""
    device = Device(PENDING, refusal(error))
    refused = device.refused()

    assert isinstance(refused, SignInAgainError)
    assert refused.error == error
    assert len(device.waited) == 2


def test_another_refusal_ends_it() -> None:
    assert type(Device(refusal("invalid_client", status=401)).refused()) is RefusedError


def test_a_code_that_ended_is_not_asked_about() -> None:
    """Nor waited for in vain: the last question is before its end."""
    device = Device(PENDING)
    refused = device.refused()

    assert isinstance(refused, SignInAgainError)
    assert refused.error == "expired_token"
    assert sum(device.waited) == 95


def test_a_server_that_is_gone_for_good_ends_with_the_code() -> None:
    device = Device(SILENCE)

    assert isinstance(device.refused(), SignInAgainError)
    assert device.waited == [5, 10, 20, 40]


def test_a_server_that_is_gone_at_the_start_is_no_sign_in() -> None:
    with pytest.raises(ServerUnavailableError):
        Device(PENDING, started=SILENCE).start()

"""What a page is answered that gets nothing."""

from tokensmith.integrations.bff.refusals import BffError, json_answer, not_signed_in


def test_a_refusal_is_an_answer_in_json() -> None:
    error = BffError(503, code="sessions_unavailable", detail="host:port", retry_after=2)

    assert (error.answer.status, error.answer.body) == (503, b'{"error":"sessions_unavailable"}')
    assert dict(error.answer.headers)["retry-after"] == "2"
    assert b"host" not in error.answer.body
    assert not_signed_in().answer.status == 401


def test_nobody_keeps_an_answer() -> None:
    assert dict(json_answer(200, {}, (("x", "y"),)).headers) == {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x": "y",
    }

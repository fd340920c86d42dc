"""What a caller gets who may have tokens."""

from tokensmith.server.flows.tokens import TokenAnswer


def test_an_answer_shows_no_token_in_a_log() -> None:
    answer = TokenAnswer(
        access_token="a.b.c", token_type="Bearer", expires_in=900, scope="notes:read", refresh_token="tsr_x"
    )

    assert "a.b.c" not in repr(answer)
    assert "tsr_x" not in repr(answer)
    assert "notes:read" in repr(answer)

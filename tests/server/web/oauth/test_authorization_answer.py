"""The way back to the client."""

import pytest

from tokensmith.server.flows.authorization_request import ReturnAddress
from tokensmith.server.flows.authorize import Answer
from tokensmith.server.web.oauth.authorization_answer import answer_response
from tokensmith.server.web.render import Pages
from tokensmith.server.web.texts import texts_in

PAGES = Pages(issuer_path="")


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("https://a.example/cb", "https://a.example/cb?code=c&state=a%26b%3D%C3%A4+%23"),
        ("https://a.example/cb?x=1", "https://a.example/cb?x=1&code=c&state=a%26b%3D%C3%A4+%23"),
    ],
)
def test_a_query_is_added_to_and_never_broken_out_of(uri: str, location: str) -> None:
    """P18: the state comes back as it went; RFC 6749 §3.1.2 keeps the address's own query."""
    answer = Answer(to=ReturnAddress(uri=uri, mode="query", state=None), members={"code": "c", "state": "a&b=ä #"})
    response = answer_response(answer, PAGES, texts_in("en"), client="App")

    assert (response.status_code, response.headers["location"]) == (303, location)
    assert response.headers["cache-control"] == "no-store"


def test_a_form_has_everything_in_it() -> None:
    """Form Post §2."""
    to = ReturnAddress(uri="https://a.example/cb", mode="form_post", state=None)
    response = answer_response(Answer(to=to, members={"code": '"c'}), PAGES, texts_in("en"), client="App")
    text = bytes(response.body).decode()

    assert response.status_code == 200
    assert '<form method="post" action="https://a.example/cb">' in text
    assert '<input type="hidden" name="code" value="&#34;c">' in text

"""The answer to an authorization request, on its way to the client (RFC 6749 §4.1.2, Form Post §2)."""

from starlette.responses import Response

from tokensmith.server.flows.authorize import Answer
from tokensmith.server.web.redirects import see_other
from tokensmith.server.web.render import Pages
from tokensmith.server.web.texts import Texts


def answer_response(answer: Answer, pages: Pages, texts: Texts, *, client: str) -> Response:
    """Send the browser to the client with an answer."""
    to = answer.to
    if to.mode == "form_post":
        return pages.page(
            "form_post",
            texts,
            title="form_post_title",
            leads_to=(to.uri,),
            runs=True,
            client=client,
            action=to.uri,
            members=list(answer.members.items()),
        )
    return see_other(to.uri, answer.members)

"""The answer to an authorization request, on its way to the client (RFC 6749 §4.1.2, Form Post §2)."""

from urllib.parse import urlencode

from starlette.responses import Response

from tokensmith.server.flows.authorize import Answer
from tokensmith.server.web.render import Pages
from tokensmith.server.web.texts import Texts


def answer_response(answer: Answer, pages: Pages, texts: Texts, *, client: str) -> Response:
    """Send the browser to the client with an answer.

    303 and never 307: after a sign-in form, the browser must not post the password on (RFC 9700 §4.12).
    """
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
    separator = "&" if "?" in to.uri else "?"
    location = f"{to.uri}{separator}{urlencode(answer.members)}"
    return Response(None, 303, {"location": location, "cache-control": "no-store"})

"""Pages: templates with escaping on, one style sheet, and a policy that lets nothing else in (decision 16; W3C CSP 3).

Each page names where its forms may lead. Browsers hold that against the redirect after the form, too, so a page whose
form ends at a client names the client.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.errors import OAuthError
from tokensmith.server.web.texts import Texts, texts_for

STYLESHEET_PATH: Final = "/assets/tokensmith.css"
# What stands in the one template that has a script, word for word: the policy lets nothing else run.
SUBMIT: Final = "document.forms[0].submit()"

_FOLDER: Final = Path(__file__).parent
STYLESHEET: Final = (_FOLDER / "static" / "tokensmith.css").read_bytes()
_VERSION: Final = hashlib.sha256(STYLESHEET).hexdigest()[:12]
_SUBMIT_HASH: Final = base64.b64encode(hashlib.sha256(SUBMIT.encode()).digest()).decode()
_BASE_POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_ERROR_PAGE: Final = "error_general"


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Makes pages. *issuer_path* stands before every URL of ours."""

    issuer_path: str
    _environment: Environment = field(default_factory=_environment, repr=False)

    def page(
        self,
        template: str,
        texts: Texts,
        *,
        title: str,
        status: int = 200,
        leads_to: Sequence[str] = (),
        runs: bool = False,
        **context: object,
    ) -> Response:
        """Make a page.

        Args:
            template: The template's name, without its ending.
            title: The key of its title.
            leads_to: URIs where its forms may end, besides our own pages.
            runs: It sends its form by itself, where scripts are on.
            context: What the template needs besides.
        """
        html = self._environment.get_template(f"{template}.html").render(
            t=texts,
            title=texts(title),
            stylesheet=f"{self.issuer_path}{STYLESHEET_PATH}?v={_VERSION}",
            **context,
        )
        headers = {
            "cache-control": "no-store",
            "content-security-policy": _policy(leads_to, runs=runs),
            "content-language": texts.language,
            "vary": "accept-language, cookie",
        }
        return Response(html, status, headers, "text/html; charset=utf-8")

    def refusal(self, request: Request, error: OAuthError, error_id: str) -> Response:
        """Make the page that tells a person of an error; nothing of what was sent is on it."""
        response = self.error(request, error.error, status=error.status, error_id=error_id, code=error.code)
        if error.retry_after_seconds is not None:
            response.headers["retry-after"] = str(error.retry_after_seconds)
        return response

    def error(self, request: Request, error: str, *, status: int, error_id: str, code: str = "") -> Response:
        """Make the page for an error that is no `OAuthError`."""
        texts = texts_for(request)
        return self.page(
            "error",
            texts,
            title="error_title",
            status=status,
            text=texts.first(f"error_{code}", f"error_{error}", _ERROR_PAGE),
            error=error,
            error_id=error_id,
        )


def _policy(leads_to: Sequence[str], *, runs: bool) -> str:
    targets = " ".join(dict.fromkeys(("'self'", *map(_source, leads_to))))
    script = f"; script-src 'sha256-{_SUBMIT_HASH}'" if runs else ""
    return f"{_BASE_POLICY}; form-action {targets}{script}"


def _source(uri: str) -> str:
    parts = urlsplit(uri)
    # An address in brackets is no host that a policy can name (CSP 3 §2.3.1), and a scheme of an app's own has none.
    if parts.scheme not in ("http", "https") or "[" in parts.netloc:
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"

"""RequestFacts from a WSGI environ (PEP 3333).

WSGI servers join a header sent twice with a comma. Two tokens joined are no token, so two Authorization headers are
refused here as well, if only as a malformed one.
"""

from collections.abc import Mapping
from typing import Any
from wsgiref.util import request_uri

from tokensmith.guard import RequestFacts


def facts_from_environ(environ: Mapping[str, Any]) -> RequestFacts:
    """Take the facts out of a WSGI environ."""
    headers = [
        (name[5:].replace("_", "-").lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    return RequestFacts(method=environ["REQUEST_METHOD"], url=request_uri(dict(environ)), headers=headers)

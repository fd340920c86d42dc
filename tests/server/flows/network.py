"""The network, as far as the server asks it for what clients publish."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tokensmith.outbound import FetchError, FetchRules, Response


@dataclass
class Documents:
    """What is to be had, by URL; satisfies `AsyncFetcher`."""

    answers: dict[str, Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        rules.admit(url)
        self.asked.append(url)
        if url not in self.answers:
            raise FetchError("nobody there", code="unreachable")
        if len(self.answers[url].body) > rules.max_bytes:
            raise FetchError("too large", code="too_large")
        return self.answers[url]

    def publish(self, url: str, document: Any) -> None:
        """Put a JSON document there."""
        headers = {"content-type": "application/json"}
        self.answers[url] = Response(status=200, headers=headers, body=json.dumps(document).encode())

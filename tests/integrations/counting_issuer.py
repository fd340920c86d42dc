"""An issuer that notes what it is asked: once for each time that a request is verified."""

from collections.abc import Mapping

from tokensmith.guard.testing import FakeIssuer
from tokensmith.outbound import FetchRules, Response


class CountingIssuer(FakeIssuer):
    """*asked*: every URL, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        self.asked.append(url)
        return super().fetch(url, rules, headers)

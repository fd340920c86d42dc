"""An Outside that reads from a script: the test sets the clock, the documents, and when background work happens."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tokensmith.jose import strict_json
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.outside import Work
from tokensmith.outbound.post import Form
from tokensmith.outbound.run_blocking import run_blocking

T = TypeVar("T")
Document = Response | FetchError | Callable[[Mapping[str, str]], Response]
EPOCH = 1_800_000_000


@dataclass
class ScriptedOutside:
    """*documents* by URL; a URL that is not in it cannot be reached."""

    documents: dict[str, Document] = field(default_factory=dict)
    seconds: float = 1000.0
    fetch_takes: float = 0.0
    fetched: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    sent_headers: list[Mapping[str, str]] = field(default_factory=list)
    rules: list[FetchRules] = field(default_factory=list)
    feeds: dict[str, list[bytes | FetchError | Callable[[], None]]] = field(default_factory=dict)
    background: dict[str, Work] = field(default_factory=dict)

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> float:
        return EPOCH + self.seconds

    async def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        self.fetched.append(url)
        self.sent_headers.append(headers)
        self.rules.append(rules)
        self.seconds += self.fetch_takes
        document = self.documents.get(url, FetchError("Nobody answers.", code="unreachable", detail=url))
        if isinstance(document, FetchError):
            raise document
        return document if isinstance(document, Response) else document(headers)

    async def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        self.forms.append(tuple(form))
        return await self.fetch(url, rules, headers)

    async def listen(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        self.fetched.append(url)
        self.rules.append(rules)
        for line in self.feeds.get(url, [FetchError("Nobody answers.", code="unreachable", detail=url)]):
            if isinstance(line, FetchError):
                raise line
            if callable(line):
                line()
            else:
                yield line

    async def shared(self, name: str, work: Work) -> None:
        await work()

    def in_background(self, name: str, work: Work) -> None:
        self.background.setdefault(name, work)

    def run_background(self) -> int:
        """Do what was put off, and return how much that was."""
        works, self.background = list(self.background.values()), {}
        for work in works:
            run_blocking(work())
        return len(works)


class ScriptedClock:
    """The same time as a jose Clock."""

    def __init__(self, outside: ScriptedOutside) -> None:
        self.now = outside.now


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return run_blocking(coroutine)


def json_answer(document: Mapping[str, JsonValue], **headers: str) -> Response:
    lower = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Response(status=200, headers=lower, body=strict_json.encode(document))


class ScriptedFetcher:
    """A fetcher over the same script."""

    def __init__(self, outside: ScriptedOutside) -> None:
        self.outside = outside

    def fetch(self, url: str, rules: FetchRules, headers: Mapping[str, str]) -> Response:
        return run(self.outside.fetch(url, rules, headers))

    def post(self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form) -> Response:
        return run(self.outside.post(url, rules, headers, form))

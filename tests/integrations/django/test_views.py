"""What `require` takes, and what it is put on."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View

from tests.integrations.contract import with_token
from tests.integrations.counting_issuer import CountingIssuer
from tests.integrations.django_notes import project, urls
from tests.integrations.django_project import AUTH_MIDDLEWARE, async_sender, sender
from tokensmith.guard import Guard, Need
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.django import require

BOTH = Need("a", "b")
UNDER = pytest.mark.parametrize("middleware", [[], [AUTH_MIDDLEWARE]], ids=["alone", "under the middleware"])


def name(request: Any) -> HttpResponse:
    return HttpResponse(request.principal.subject if request.principal else "nobody")


@UNDER
@pytest.mark.parametrize(
    ("wanted", "scope", "status"),
    [
        (("a",), "a", 200),
        (("a", "b"), "a", 403),
        (("a", "b"), "b a", 200),
        ((BOTH,), "b", 403),
        ((BOTH,), "a b", 200),
        ((), "", 200),
    ],
)
def test_scopes_or_a_need_may_be_named(middleware: list[str], wanted: Any, scope: str, status: int) -> None:
    issuer = FakeIssuer()
    decorate: Any = require(*wanted)
    send = project(issuer, ("", decorate(name)), middleware=middleware)

    assert send("GET", "/", with_token(issuer.token(scope=scope))).status == status


@UNDER
def test_an_optional_view_may_need_scopes_of_those_who_come(issuer: FakeIssuer, middleware: list[str]) -> None:
    """Nobody passes; somebody passes with the scope; a bad token never does."""
    send = project(issuer, ("", require("a", optional=True)(name)), middleware=middleware)

    assert send("GET", "/", []).body == b"nobody"
    assert send("GET", "/", with_token(issuer.token(scope="a"))).body == b"ada"
    assert send("GET", "/", with_token(issuer.token())).status == 403
    assert send("GET", "/", with_token(issuer.token(scope="a", flaw="expired"))).status == 401


class ByDispatch(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return name(request)


class ByDispatchAsync(View):
    async def get(self, request: HttpRequest) -> HttpResponse:
        return name(request)


@UNDER
@pytest.mark.parametrize(("view", "make_sender"), [(ByDispatch, sender), (ByDispatchAsync, async_sender)])
def test_a_class_is_guarded_by_its_dispatch(
    issuer: FakeIssuer, middleware: list[str], view: type[View], make_sender: Any
) -> None:
    guarded: Any = method_decorator(require("a"), name="dispatch")(type("Guarded", (view,), {}))
    send = project(issuer, ("", guarded.as_view()), middleware=middleware, make_sender=make_sender)

    assert send("GET", "/", with_token(issuer.token(scope="a"))).body == b"ada"
    assert send("GET", "/", with_token(issuer.token())).status == 403
    assert send("GET", "/", []).status == 401


def test_a_class_itself_is_no_view() -> None:
    with pytest.raises(TypeError, match="method_decorator"):
        require(ByDispatch)


def test_on_a_bare_method_it_is_a_mistake_and_no_pass(issuer: FakeIssuer) -> None:
    """The first argument is the view there, and not the request."""

    class Bare(View):
        @require("a")
        def get(self, request: HttpRequest) -> HttpResponse:
            return name(request)

    send = project(issuer, ("", Bare.as_view()), middleware=[AUTH_MIDDLEWARE], LOGGING_CONFIG=None)

    assert send("GET", "/", with_token(issuer.token(scope="a"))).status == 500
    called_without: Any = require("a")(name)
    with pytest.raises(TypeError, match="method_decorator"):
        called_without()


@pytest.mark.parametrize("make_sender", [sender, async_sender])
def test_two_guards_do_not_know_each_others_callers(issuer: FakeIssuer, make_sender: Any) -> None:
    partners = FakeIssuer("https://partner.test")
    theirs = Guard(partners.issuer(), realm="partners", fetcher=partners)

    @require(guard=theirs)
    async def machines(request: HttpRequest) -> HttpResponse:
        return name(request)

    views = (("people", require(name)), ("machines", machines), ("sync", require(guard=theirs)(name)))
    send = project(issuer, *views, middleware=[], make_sender=make_sender)

    assert send("GET", "/people", with_token(issuer.token(sub="ada"))).body == b"ada"
    for path in ("/machines", "/sync"):
        assert send("GET", path, with_token(partners.token(sub="robot"))).body == b"robot"
        assert send("GET", path, with_token(issuer.token())).status == 401
        assert send("GET", path, []).challenge == 'Bearer realm="partners"'
    assert send("GET", "/people", with_token(partners.token())).status == 401


def test_one_guard_may_trust_several_issuers(issuer: FakeIssuer) -> None:
    second = FakeIssuer("https://second.test")

    class Both(FakeIssuer):
        def fetch(self, url: str, *rest: Any) -> Any:
            return (second if url.startswith(second.url) else issuer).fetch(url, *rest)

    guard = Guard(issuer.issuer(), second.issuer(), fetcher=Both())
    send = sender(ROOT_URLCONF=urls(("", require(name))), MIDDLEWARE=[AUTH_MIDDLEWARE], TOKENSMITH_GUARD=guard)

    for source in (issuer, second):
        assert send("GET", "/", with_token(source.token(sub="ada"))).body == b"ada"


async def name_async(request: HttpRequest) -> HttpResponse:
    return name(request)


@pytest.mark.parametrize("make_sender", [sender, async_sender])
@pytest.mark.parametrize("inner", [name, name_async])
def test_a_request_is_verified_once(make_sender: Any, inner: Any) -> None:
    """A proof of possession is good for one use: looked at twice, it would be a replay (RFC 9449 §11.1)."""
    counting = CountingIssuer()
    view = require("a")(require("b")(inner))
    send = project(counting, ("", view), middleware=[AUTH_MIDDLEWARE], make_sender=make_sender)

    assert send("GET", "/", with_token(counting.token(scope="a b"))).status == 200
    assert len(counting.asked) == 1

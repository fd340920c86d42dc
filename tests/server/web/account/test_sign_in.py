"""The sign-in page."""

import pytest

from tests.server.flows.world import PASSWORD
from tests.server.web.visitor import APP, Visitor

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("name", "password"), [("ada", "no horse"), ("nobody", "no horse"), ("nobody", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_name_look_alike(visitor: Visitor, name: str, password: str) -> None:
    """User enumeration: the same words, the same status; the name stays in the form, the password does not."""
    await visitor.authorize()
    await visitor.sign_in(name, password)

    assert visitor.status == 401
    assert visitor.response.headers["www-authenticate"] == 'SignIn realm="tokensmith"'
    assert "The user name or the password is wrong." in visitor.page.text
    assert visitor.page.fields["username"] == name
    assert password not in visitor.response.text
    await visitor.sign_in("ada")
    assert visitor.title == "/account/consent"


async def test_nothing_typed_is_shown_unescaped(visitor: Visitor) -> None:
    """Nor believed: a name that cannot be one gets the same form."""
    await visitor.authorize(login_hint="<script>1</script>")
    assert "<script>1" not in visitor.response.text
    await visitor.sign_in('"><script>2</script>', "x")

    assert visitor.status == 400
    assert "<script>2" not in visitor.response.text
    assert "Enter your user name" in visitor.page.text


async def test_too_many_attempts_wait(visitor: Visitor) -> None:
    """Per name, however often the page is loaded; and the right password waits, too."""
    await visitor.authorize()
    for _ in range(5):
        await visitor.sign_in("ada", "wrong")
    await visitor.sign_in("ada")

    assert visitor.status == 429
    assert visitor.response.headers["retry-after"] == "60"
    assert "Wait for 60 seconds" in visitor.page.text


async def test_one_address_may_not_try_all_names(visitor: Visitor) -> None:
    visitor.served.sign_ins.room = 1
    await visitor.authorize()
    await visitor.sign_in("ada", "wrong")
    await visitor.sign_in("grace")

    assert visitor.status == 429


async def test_the_form_is_ours_and_this_browsers(visitor: Visitor) -> None:
    """P24: login CSRF; a form without the token, with another browser's, or from another origin is refused."""
    await visitor.authorize()
    page = visitor.page
    assert page.action is not None
    fields = {"username": "ada", "password": PASSWORD}
    async with Visitor(visitor.served) as other:
        await other.authorize()
        stolen = other.page.fields["form_token"]
    for token in ({}, {"form_token": stolen}, {"form_token": "x"}):
        answer = await visitor.http.post(page.action, data={**fields, **token})
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    own = {**fields, "form_token": page.fields["form_token"]}
    answer = await visitor.http.post(page.action, data=own, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    answer = await visitor.http.post(page.action, data=own, headers={"origin": "https://id.example"})
    assert answer.status_code == 303


async def test_every_sign_in_changes_the_cookie(visitor: Visitor) -> None:
    """Session fixation (ASVS 7.2.4): also a second one of the same person; and the old one is worth nothing."""
    name = "__Host-tokensmith-session"
    await visitor.signed_in()
    first = visitor.http.cookies[name]
    await visitor.authorize(prompt="login")
    await visitor.sign_in()
    assert visitor.http.cookies[name] != first
    visitor.http.cookies.set(name, first, domain="id.example")
    visitor.http.cookies.delete(name, domain="id.example")
    await visitor.authorize(prompt="none")
    assert visitor.told["error"] == "login_required"


async def test_cookies_are_for_this_host_and_no_script(visitor: Visitor) -> None:
    await visitor.authorize()
    set_by_page = visitor.http.cookies.jar
    answer = await visitor.http.post(
        visitor.page.action or "", data={**visitor.page.fields, "username": "ada", "password": PASSWORD}
    )

    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-tokensmith-session=")
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert [each.name for each in set_by_page][:1] == ["__Host-tokensmith-browser"]


async def test_the_redirect_after_a_password_is_303(visitor: Visitor) -> None:
    """P20: a 307 would post the password on."""
    await visitor.signed_in()
    await visitor.authorize(prompt="login")
    await visitor.sign_in()

    assert (visitor.status, visitor.sent_to) == (303, APP)


async def test_another_person_may_sign_in_instead(visitor: Visitor) -> None:
    """One browser, one person: the first one's session ends, and what hung on it."""
    first = await visitor.redeem(await visitor.signed_in())
    await visitor.authorize(prompt="consent")
    await visitor.go(visitor.page.links[0])
    assert visitor.title == "/account/sign-in"
    await visitor.sign_in("grace")
    assert "You are signed in as grace." in visitor.page.text
    form = {"grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]}
    answer = await visitor.served.post_form("/token", {**form, **visitor.served.basic("web")})
    assert answer.json()["error"] == "invalid_grant"


async def test_who_is_signed_in_already_goes_on(visitor: Visitor) -> None:
    """Two tabs: the second finds the first one's sign-in."""
    await visitor.authorize()
    waiting = str(visitor.response.url)
    await visitor.signed_in()
    await visitor.go(waiting)

    assert "code" in visitor.told


async def test_pages_are_not_framed_kept_or_traced(visitor: Visitor) -> None:
    """P23, P25: and load nothing from elsewhere."""
    await visitor.authorize()
    headers = visitor.response.headers
    policy = headers["content-security-policy"]

    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'; style-src 'self'" in policy
    assert "script-src" not in policy
    assert "//" not in visitor.response.text.replace("https://app.example", "")


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [
        (None, "de-AT,de;q=0.9,en;q=0.5", "de"),
        (None, "fr, en;q=0.3, de;q=0.5", "de"),
        ("fr de", "en", "de"),
        (None, "fr", "en"),
    ],
)
async def test_the_page_speaks_the_persons_language(
    visitor: Visitor, asked: str | None, header: str, language: str
) -> None:
    """P30: `ui_locales` first, then what the browser prefers."""
    visitor.http.headers["accept-language"] = header
    await visitor.authorize(ui_locales=asked)

    assert visitor.response.headers["content-language"] == language
    assert f'<html lang="{language}">' in visitor.response.text

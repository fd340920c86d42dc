"""`/device` and the two pages behind it: a person connects a device by its code (RFC 8628 §3.3, §5; RFC 10027).

Whoever is sent a link with a code in it still has to sign in, sees whose code it is, and has to say yes: a code that
somebody else's device shows would let that one in.
"""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tokensmith.server.domain.device_requests import shown_user_code
from tokensmith.server.domain.errors import InvalidRequestError
from tokensmith.server.flows.browser_sessions import SignedIn
from tokensmith.server.flows.connect_device import ConnectDevice, WaitingDevice
from tokensmith.server.flows.wanted_access import WantedAccess
from tokensmith.server.web.account.scope_lines import scope_lines
from tokensmith.server.web.account.sign_in_form import SignInForm, SignInQuestion
from tokensmith.server.web.browser import Browser
from tokensmith.server.web.oauth.device_authorization import DEVICE_PATH
from tokensmith.server.web.parameters import parse_form, read_form
from tokensmith.server.web.redirects import see_other
from tokensmith.server.web.texts import Texts, texts_for
from tokensmith.server.web.throttle import count_attempt

CONFIRM_PATH: Final = "/device/confirm"
DEVICE_SIGN_IN_PATH: Final = "/device/sign-in"
_MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePages:
    """The handlers. *origin* is the server's own, as browsers write it."""

    devices: ConnectDevice
    form: SignInForm
    origin: str

    async def get(self, request: Request) -> Response:
        """Ask for the code; one that came in the URL stands in the form already."""
        typed = parse_form(request.scope["query_string"]).values.get("user_code", "")
        return self._ask_code(self.form.cookies.read(request), texts_for(request), typed=typed)

    async def post(self, request: Request) -> Response:
        """Take the code.

        Raises:
            ForbiddenOriginError: the form comes from no page of ours.
            TooManyAttemptsError: too many codes from this address: they are not to be guessed by trying (§5.1).
        """
        browser = self.form.cookies.read(request)
        form = await read_form(request)
        browser.check_form(request, form, origin=self.origin)
        typed = form.values.get("user_code", "")
        await count_attempt(self.form.sign_ins, self.form.sources.of(request.scope))
        try:
            device = await self.devices.find(typed)
        except InvalidRequestError as error:
            self.form.observer.refused(DEVICE_PATH, code=error.code)
            return self._ask_code(browser, texts_for(request), typed=typed, wrong=True)
        who = await self.form.sessions.find(browser.session)
        return self._to(DEVICE_SIGN_IN_PATH if who is None else CONFIRM_PATH, device)

    async def get_sign_in(self, request: Request) -> Response:
        """Ask who it is.

        Raises:
            InvalidRequestError: the code is over (`user_code_unknown`).
        """
        device = await self._device(request)
        return self.form.show(_question(device, self.form.cookies.read(request), texts_for(request)))

    async def post_sign_in(self, request: Request) -> Response:
        """Take that.

        Raises:
            ForbiddenOriginError: the form comes from no page of ours.
            InvalidRequestError: as for `get_sign_in`.
        """
        device, browser = await self._device(request), self.form.cookies.read(request)
        form = await read_form(request)
        browser.check_form(request, form, origin=self.origin)
        taken = await self.form.take(request, form, _question(device, browser, texts_for(request)))
        if isinstance(taken, Response):
            return taken
        response = self._to(CONFIRM_PATH, device)
        self.form.keep(response, taken)
        return response

    async def get_confirm(self, request: Request) -> Response:
        """Show whose code it is and what it would get, and ask.

        Raises:
            InvalidRequestError: as for `get_sign_in`.
            OAuthError: see `ConnectDevice.wanted`.
        """
        device, browser = await self._device(request), self.form.cookies.read(request)
        who = await self.form.sessions.find(browser.session)
        if who is None:
            return self._to(DEVICE_SIGN_IN_PATH, device)
        access = await self.devices.wanted(device, who)
        return self._ask(device, browser, access, who, texts_for(request))

    async def post_confirm(self, request: Request) -> Response:
        """Take the answer; whatever is not a clear yes to what was shown is a no.

        Raises:
            ForbiddenOriginError: the form comes from no page of ours.
            OAuthError: as for `get_confirm`.
        """
        device, browser = await self._device(request), self.form.cookies.read(request)
        form = await read_form(request)
        browser.check_form(request, form, origin=self.origin)
        who, texts = await self.form.sessions.find(browser.session), texts_for(request)
        if who is None:
            return self._to(DEVICE_SIGN_IN_PATH, device)
        source = self.form.sources.of(request.scope)
        if form.values.get("decision") != "allow":
            await self.devices.refuse(device, who, source=source)
            return self.form.pages.page(
                "message", texts, title="device_refused_title", text=texts("device_refused_text")
            )
        access = await self.devices.wanted(device, who)
        if access.fingerprint != form.values.get("shown"):
            return self._ask(device, browser, access, who, texts)
        await self.devices.allow(device, access, who, source=source)
        return self.form.pages.page("message", texts, title="device_done_title", text=texts("device_done_text"))

    async def _device(self, request: Request) -> WaitingDevice:
        return await self.devices.find(parse_form(request.scope["query_string"]).values.get("user_code", ""))

    def _to(self, path: str, device: WaitingDevice) -> Response:
        return see_other(f"{self.form.pages.issuer_path}{path}", {"user_code": device.request.user_code})

    def _ask_code(self, browser: Browser, texts: Texts, *, typed: str, wrong: bool = False) -> Response:
        response = self.form.pages.page(
            "device_code",
            texts,
            title="device_title",
            status=400 if wrong else 200,
            action=f"{self.form.pages.issuer_path}{DEVICE_PATH}",
            form_token=browser.form_token,
            typed=typed[:_MOST_SHOWN],
            problem=texts("device_wrong") if wrong else None,
        )
        self.form.cookies.give(response, browser)
        return response

    def _ask(
        self, device: WaitingDevice, browser: Browser, access: WantedAccess, who: SignedIn, texts: Texts
    ) -> Response:
        code = device.request.user_code
        return self.form.pages.page(
            "device_confirm",
            texts,
            title="device_confirm_title",
            action=f"{self.form.pages.issuer_path}{CONFIRM_PATH}?user_code={code}",
            form_token=browser.form_token,
            shown=access.fingerprint,
            client=device.client.shown_name,
            code=shown_user_code(code),
            user=who.user.name,
            lines=list(scope_lines(access, texts, new={})),
        )


def _question(device: WaitingDevice, browser: Browser, texts: Texts) -> SignInQuestion:
    return SignInQuestion(
        browser=browser,
        texts=texts,
        client=device.client,
        path=DEVICE_SIGN_IN_PATH,
        query=f"user_code={device.request.user_code}",
    )

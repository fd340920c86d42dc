"""Every URL of the server in one table: its path, methods, handlers and protections."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tokensmith.server.domain.errors import NotFoundError
from tokensmith.server.web.account.consent import ConsentPage
from tokensmith.server.web.account.device import CONFIRM_PATH, DEVICE_SIGN_IN_PATH, DevicePages
from tokensmith.server.web.account.sign_in import SignInPage
from tokensmith.server.web.api.first_party import LOGIN_PATH, REFRESH_PATH, FirstParty
from tokensmith.server.web.endpoint import Endpoint, Handler, Origins
from tokensmith.server.web.home import PAGE_POLICY, Home
from tokensmith.server.web.logos import LOGOS_PATH
from tokensmith.server.web.oauth.authorize import AUTHORIZE_PATH, CONSENT_PATH, SIGN_IN_PATH, AuthorizeHandler
from tokensmith.server.web.oauth.device_authorization import DEVICE_PATH
from tokensmith.server.web.oauth.introspect import IntrospectHandler
from tokensmith.server.web.oauth.keys import KeysHandler
from tokensmith.server.web.oauth.logout import LOGOUT_PATH, LogoutHandler
from tokensmith.server.web.oauth.metadata import MetadataHandler, well_known_paths
from tokensmith.server.web.oauth.push_request import PAR_PATH
from tokensmith.server.web.oauth.register import REGISTER_PATH, RegisterHandlers
from tokensmith.server.web.oauth.revoke import RevokeHandler
from tokensmith.server.web.oauth.status_feed import FEED_PATH, StatusFeedHandler
from tokensmith.server.web.oauth.status_list import StatusListHandler, StatusListsHandler
from tokensmith.server.web.oauth.tokens import TOKEN_PATH, TokenHandler
from tokensmith.server.web.oauth.userinfo import USERINFO_PATH
from tokensmith.server.web.observer import Observer
from tokensmith.server.web.render import STYLESHEET_PATH, Pages
from tokensmith.server.web.security_headers import JSON_POLICY, security_headers
from tokensmith.server.web.stylesheet import stylesheet

JWKS_PATH: Final = "/.well-known/jwks.json"

# Which member of the discovery documents names which path.
ADVERTISED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "authorization_endpoint": AUTHORIZE_PATH,
        "token_endpoint": TOKEN_PATH,
        "userinfo_endpoint": USERINFO_PATH,
        "device_authorization_endpoint": "/device_authorization",
        "pushed_authorization_request_endpoint": PAR_PATH,
        "end_session_endpoint": LOGOUT_PATH,
        "jwks_uri": JWKS_PATH,
        "revocation_endpoint": "/revoke",
        "introspection_endpoint": "/introspect",
        "status_list_aggregation_endpoint": "/status",
        # No standard has it; RFC 8414 §2 lets metadata hold more, and readers pass over what they do not know.
        "status_list_feed_endpoint": FEED_PATH,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """One handler for each thing the server does.

    *first_party* is None where `/api` is not offered (decision 13), *register* where programs cannot register.
    """

    authorize: AuthorizeHandler
    sign_in: SignInPage
    consent: ConsentPage
    logout: LogoutHandler
    device: DevicePages
    device_authorization: Handler
    push_request: Handler
    register: RegisterHandlers | None
    tokens: TokenHandler
    userinfo: Handler
    revoke: RevokeHandler
    introspect: IntrospectHandler
    metadata: MetadataHandler
    keys: KeysHandler
    status_list: StatusListHandler
    status_lists: StatusListsHandler
    status_feed: StatusFeedHandler
    first_party: FirstParty | None
    home: Home
    alive: Handler
    ready: Handler
    metrics: Handler
    logo: Handler
    pages: Pages
    origins: Origins


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One URL. *public*: pages of other origins may read it; *at_root*: not below the issuer's path.

    *shared*: so may pages of origins that clients have registered, for what they themselves show (decision 15).
    *page*: people come here, so its errors are pages, and each page brings a policy of its own.
    """

    path: str
    get: Handler | None = None
    post: Handler | None = None
    put: Handler | None = None
    delete: Handler | None = None
    public: bool = False
    at_root: bool = False
    shared: bool = False
    page: bool = False
    policy: bytes = JSON_POLICY


def routes(handlers: Handlers, *, issuer_path: str, https: bool, observer: Observer) -> list[BaseRoute]:
    """Return the table as Starlette routes, the busiest first; the last one answers for everything else.

    Args:
        issuer_path: The issuer's path, "" for none; a proxy in front must pass it on as it is.
        https: The issuer is https.
    """

    def route(row: _Row) -> Route:
        offered = {"GET": row.get, "POST": row.post, "PUT": row.put, "DELETE": row.delete}
        methods = {name: handler for name, handler in offered.items() if handler}
        path = row.path if row.at_root else issuer_path + row.path
        return Route(
            path,
            Endpoint(
                route=row.path,
                methods=methods,
                headers=security_headers(https=https, public=row.public, policy=None if row.page else row.policy),
                observer=observer,
                public=row.public,
                origins=handlers.origins if row.shared else None,
                pages=handlers.pages if row.page else None,
            ),
        )

    unknown = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"), _not_found)
    headers = security_headers(https=https, public=False)
    fallback = Endpoint(route="unknown", methods=unknown, headers=headers, observer=observer)
    return [*map(route, _table(handlers, issuer_path=issuer_path)), Route("/{path:path}", fallback)]


def _table(handlers: Handlers, *, issuer_path: str) -> tuple[_Row, ...]:
    return (
        _Row(path=TOKEN_PATH, post=handlers.tokens, shared=True),
        _Row(path=FEED_PATH, get=handlers.status_feed),
        _Row(path="/status/{list}", get=handlers.status_list, public=True),
        *_first_party(handlers.first_party),
        _Row(path="/introspect", post=handlers.introspect),
        _Row(path="/revoke", post=handlers.revoke, shared=True),
        *_pages(handlers),
        _Row(path=USERINFO_PATH, get=handlers.userinfo, post=handlers.userinfo, shared=True),
        _Row(path=PAR_PATH, post=handlers.push_request, shared=True),
        _Row(path="/device_authorization", post=handlers.device_authorization),
        *_registering(handlers.register),
        _Row(path=JWKS_PATH, get=handlers.keys, public=True),
        *(_Row(path=path, get=handlers.metadata, public=True, at_root=True) for path in well_known_paths(issuer_path)),
        _Row(path="/status", get=handlers.status_lists, public=True),
        # For whoever runs the server: at the root, whatever the issuer's path.
        _Row(path="/healthz", get=handlers.alive, at_root=True),
        _Row(path="/readyz", get=handlers.ready, at_root=True),
        _Row(path="/metrics", get=handlers.metrics, at_root=True),
        _Row(path="/", get=handlers.home, policy=PAGE_POLICY),
    )


def _pages(handlers: Handlers) -> tuple[_Row, ...]:
    """Where people come."""
    device = handlers.device
    return (
        _Row(path=AUTHORIZE_PATH, get=handlers.authorize.get, post=handlers.authorize.post, page=True),
        _Row(path=SIGN_IN_PATH, get=handlers.sign_in.get, post=handlers.sign_in.post, page=True),
        _Row(path=CONSENT_PATH, get=handlers.consent.get, post=handlers.consent.post, page=True),
        _Row(path=LOGOUT_PATH, get=handlers.logout.get, post=handlers.logout.post, page=True),
        _Row(path=DEVICE_PATH, get=device.get, post=device.post, page=True),
        _Row(path=DEVICE_SIGN_IN_PATH, get=device.get_sign_in, post=device.post_sign_in, page=True),
        _Row(path=CONFIRM_PATH, get=device.get_confirm, post=device.post_confirm, page=True),
        _Row(path=STYLESHEET_PATH, get=stylesheet),
        _Row(path=LOGOS_PATH + "/{digest}", get=handlers.logo),
    )


def _first_party(offered: FirstParty | None) -> tuple[_Row, ...]:
    if offered is None:
        return ()
    return (
        _Row(path=LOGIN_PATH, post=offered.login),
        _Row(path=REFRESH_PATH, post=offered.rotate),
        _Row(path="/api/logout", post=offered.logout),
    )


def _registering(offered: RegisterHandlers | None) -> tuple[_Row, ...]:
    if offered is None:
        return ()
    one = REGISTER_PATH + "/{client_id}"
    return (
        _Row(path=REGISTER_PATH, post=offered.create),
        _Row(path=one, get=offered.read, put=offered.change, delete=offered.remove),
    )


async def _not_found(_: Request) -> Response:
    raise NotFoundError("There is nothing here.", code="unknown_url")

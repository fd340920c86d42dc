"""One login to one PKCS#11 token, which begins anew when it is lost (PKCS #11 v2.40 Base §5.4, §5.6).

The module is told nothing of threads when it is initialised (C_Initialize without arguments), so one call at a time
goes into it, from whichever thread. Whatever fails is tried a second time over a module and a login that are new: lost
sessions, a token that was away, a module that another program part has closed are all the same to us. Only a PIN is
never tried twice: after a few wrong ones a token locks itself.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar, cast

import pkcs11
from pkcs11 import Attribute, ObjectClass, PKCS11Error, Session, SignMixin
from pkcs11.exceptions import (
    MultipleTokensReturned,
    NoSuchKey,
    NoSuchToken,
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
)

from tokensmith.jose import Key
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.gateways.pkcs11_schemes import KEY_LABEL, SCHEMES, public_key

T = TypeVar("T")

_NOT_NOW: Final = "The PKCS#11 token does not sign now."
_PIN_REFUSALS: Final = (PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked)


class Pkcs11Session:
    """Makes, uses and destroys keys in one token. Every method blocks, and raises `UnavailableError`."""

    def __init__(self, module: str, *, token: str, pin: str) -> None:
        """Take what to connect with; that happens when it is first needed.

        Args:
            module: Path of the token's PKCS#11 library.
            token: The token's label.
            pin: Of the token's user.
        """
        self._module = module
        self._token = token
        self._pin = pin
        self._turn = threading.Lock()
        self._session: Session | None = None
        self._found: dict[bytes, SignMixin] = {}
        self._pin_refusal: PKCS11Error | None = None

    def __repr__(self) -> str:
        return f"<Pkcs11Session {self._token!r}>"

    def check(self) -> None:
        """Find out whether the token can be used."""
        self._use(lambda session: list(session.get_objects({Attribute.LABEL: KEY_LABEL})))

    def generate(self, alg: str, key_id: bytes) -> Key:
        """Make a pair under an id; returns its public half."""

        def generate(session: Session) -> Key:
            # At the second try the first may have left a pair behind.
            _destroy(session, key_id)
            return public_key(alg, SCHEMES[alg].generate(session, key_id))

        return self._use(generate)

    def sign(self, alg: str, key_id: bytes, signing_input: bytes) -> bytes:
        """Return the raw JWS signature of a signing input."""
        sign = SCHEMES[alg].sign
        return self._use(lambda session: sign(self._private(session, key_id), signing_input))

    def destroy(self, key_id: bytes) -> None:
        """Destroy a pair; one that is not there has been."""
        self._use(lambda session: _destroy(session, key_id))

    def close(self) -> None:
        """Log out, and close the module."""
        with self._turn:
            self._disconnect()

    def _use(self, work: Callable[[Session], T]) -> T:
        with self._turn:
            if self._pin_refusal is not None:
                raise _unavailable(self._pin_refusal)
            if self._session is not None:
                with suppress(PKCS11Error):
                    return work(self._session)
                self._disconnect()
            try:
                return work(self._connect())
            except PKCS11Error as error:
                self._disconnect()
                if isinstance(error, _PIN_REFUSALS):
                    self._pin_refusal = error
                raise _unavailable(error) from error

    def _connect(self) -> Session:
        token = pkcs11.lib(self._module).get_token(token_label=self._token)
        self._session = token.open(rw=True, user_pin=self._pin)
        return self._session

    def _disconnect(self) -> None:
        self._found.clear()
        session, self._session = self._session, None
        if session is not None:
            with suppress(PKCS11Error):
                session.close()
        # A module that was never loaded has nothing to close; loading it fails with a reason of its own.
        with suppress(PKCS11Error):
            pkcs11.lib(self._module).finalize()

    def _private(self, session: Session, key_id: bytes) -> SignMixin:
        found = self._found.get(key_id)
        if found is None:
            key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=key_id)
            found = self._found[key_id] = cast("SignMixin", key)
        return found


def _destroy(session: Session, key_id: bytes) -> None:
    for each in list(session.get_objects({Attribute.ID: key_id})):
        each.destroy()


def _unavailable(error: PKCS11Error) -> UnavailableError:
    # The libraries' own texts are few; the class says what happened.
    detail = " ".join(filter(None, (type(error).__name__, str(error))))
    if isinstance(error, NoSuchToken | MultipleTokensReturned):
        return UnavailableError(_NOT_NOW, code="pkcs11_token_missing", detail=detail)
    if isinstance(error, NoSuchKey):
        return UnavailableError(_NOT_NOW, code="pkcs11_key_missing", detail=detail)
    if isinstance(error, _PIN_REFUSALS):
        return UnavailableError(_NOT_NOW, code="pkcs11_pin_refused", detail=detail)
    return UnavailableError(_NOT_NOW, code="pkcs11_failed", detail=detail)

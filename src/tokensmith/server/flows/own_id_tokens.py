"""Reads an ID token of our own making that somebody brings back as a hint (Core §3.1.2.1, RP-Initiated Logout §2)."""

from dataclasses import dataclass

from tokensmith.jose import JoseError, jwt
from tokensmith.server.flows.key_ring import FixedClock, KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnIdToken:
    """Whom a genuine ID token was about, for which client, and in which session."""

    subject: str
    client_id: str
    session_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnIdTokens:
    """The reader. How old one is does not matter (RP-Initiated Logout §4): it proves nothing, it reminds."""

    issuer: str
    ring: KeyRing

    async def read(self, text: str) -> OwnIdToken | None:
        """Return what an ID token says; None for everything that is none of ours.

        Raises:
            UnavailableError: the keys cannot be read.
        """
        keys, _ = await self.ring.public_keys()
        try:
            issued_at = jwt.read_unverified(text).unverified_claims.get("iat")
            # It is judged as of when it was made; whoever changed that has broken the signature.
            clock = FixedClock(float(issued_at) if isinstance(issued_at, int | float) else 0.0)
            claims = jwt.verify(
                text, keys, issuer=self.issuer, audience=jwt.ANY, typ="JWT", clock=clock, required=("sub",)
            ).claims
        except (JoseError, OverflowError):
            return None
        audience, session_id = claims.get("aud"), claims.get("sid")
        if not isinstance(audience, str):
            return None
        return OwnIdToken(
            subject=claims.subject or "",
            client_id=audience,
            session_id=session_id if isinstance(session_id, str) else None,
        )

"""How a service takes tokens that are bound to their sender, in one frozen value."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from tokensmith.guard.sender.certificates import ClientCertificates
from tokensmith.guard.sender.nonces import LEAST_SECRET_BYTES
from tokensmith.guard.sender.replay import ProofMemory

Policy = Literal["accept", "require"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderConstraint:
    """How bound tokens are taken.

    Args:
        policy: "accept" takes bearer tokens as well; "require" refuses whatever is bound to nothing.
        nonce_secret: With it, DPoP proofs must have a nonce of ours (RFC 9449 §9); the same for all processes of the
            service, 32 random bytes or more.
        memory: Where used proofs are remembered; by default in this process, so that a service that runs in several
            lets a proof in once in each.
        certificates: Where client certificates come from; without it, tokens bound to one are refused (RFC 8705).

    Raises:
        ValueError: The policy is neither, or the secret is too short.
    """

    policy: Policy = "accept"
    nonce_secret: bytes | None = field(default=None, repr=False)
    memory: ProofMemory | None = None
    certificates: ClientCertificates | None = None

    def __post_init__(self) -> None:
        """Refuse what would mean less than was meant."""
        if self.policy not in get_args(Policy):
            raise ValueError('policy is "accept" or "require"')
        if self.nonce_secret is not None and len(self.nonce_secret) < LEAST_SECRET_BYTES:
            raise ValueError(f"a nonce secret has {LEAST_SECRET_BYTES} bytes or more")

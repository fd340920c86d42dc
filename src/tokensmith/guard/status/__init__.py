"""Still valid? Checks whether a token was revoked after it was issued."""

from tokensmith.guard.status.list_token import ListVerifier
from tokensmith.guard.status.status_list import StatusLists

__all__ = ["ListVerifier", "StatusLists"]

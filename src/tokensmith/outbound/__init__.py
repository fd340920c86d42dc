"""Fetching documents from the network, safely: one gate, one set of limits.

Which file for which world: `with_urllib` blocks and needs nothing but Python, `with_httpx2` is asynchronous. Neither is
imported here, so that whoever only needs the types pays for nothing else.
"""

from tokensmith.outbound.fetch import AsyncFetcher, Fetcher, FetchError, FetchRules, Response

__all__ = ["AsyncFetcher", "FetchError", "FetchRules", "Fetcher", "Response"]

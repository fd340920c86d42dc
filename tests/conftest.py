"""What every test can ask for, and the last line of a run: what was not run, and why.

Fixtures: `postgres_url`, `postgres_server`, `valkey_url`, `chromium`, `page`, `processes`, `npm_jose`, `npm_provider`,
`npm_clients`, `debian_jose`, `softhsm`, `token_server`;
see tests/services/.
"""

from collections.abc import Generator, Iterable

import pytest
from hypothesis import settings

from tests.services.machine import NOT_RUN

pytest_plugins = (
    "tests.services.processes",  # first: the others import it, and its asserts are to be rewritten
    "tests.services.browser",
    "tests.services.debian_jose",
    "tests.services.softhsm",
    "tests.services.npm_jose",
    "tests.services.npm_clients",
    "tests.services.npm_provider",
    "tests.services.postgres",
    "tests.services.token_server",
    "tests.services.valkey",
)

# A law holds however slow the machine is; what breaks it is printed so that it can be run again elsewhere.
settings.register_profile("tokensmith", deadline=None, print_blob=True)
settings.load_profile("tokensmith")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """Write what was not run below everything else, where it is seen."""
    result = yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        for line in not_run(reporter.stats.get("skipped", [])):
            reporter.write_line(line, yellow=True)
    return result


def not_run(skipped: Iterable[pytest.TestReport]) -> list[str]:
    """Count skipped tests by the service they lacked; other skips explain themselves elsewhere."""
    counts: dict[str, int] = {}
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if NOT_RUN in reason:
            missing = reason.split(NOT_RUN, 1)[1]
            counts[missing] = counts.get(missing, 0) + 1
    return [f"NOT RUN: {count} tests, {missing}" for missing, count in sorted(counts.items())]

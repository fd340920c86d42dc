"""The `tokensmith` command, also as `python -m tokensmith`."""

import sys
from typing import Final

_MISSING: Final = "The command line needs more than the library: pip install 'tokensmith[cli]'"


def main() -> None:
    """Run the command; without the `cli` extra, say what to install."""
    try:
        from tokensmith.cli.main import tokensmith  # noqa: PLC0415 - the extra may be missing, and that is no traceback
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("tokensmith"):
            raise
        sys.exit(_MISSING)
    tokensmith(prog_name="tokensmith")


if __name__ == "__main__":
    main()

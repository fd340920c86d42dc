"""`make run` and `tokensmith tour`: start what does not run yet, walk the steps, end what was started.

With --start a server and a service of its own are started even where others run already, and stay up after the tour
until Ctrl-C. Without it the tour visits --base, or else the demo that runs here, or else one it starts for the visit.
The exit status is 0 only if every step held; 2 says that the tour could not begin.
"""

import io
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Final

from rich.console import Console
from rich.text import Text

from tokensmith.tour.children import ChildError, answers
from tokensmith.tour.demo_data import Demo, DemoError, read_demo
from tokensmith.tour.folder import NoFolderError
from tokensmith.tour.next_steps import next_steps
from tokensmith.tour.options import Options, parse, place_of_demo, place_of_options
from tokensmith.tour.ports import NoFreePortError
from tokensmith.tour.services import Running, notes_of, running
from tokensmith.tour.show import Screen
from tokensmith.tour.steps import STEPS
from tokensmith.tour.visit import Place, Visit
from tokensmith.tour.walk import all_held, walk

HELD: Final = 0
NOT_HELD: Final = 1
NOT_BEGUN: Final = 2
INTERRUPTED: Final = 130
WATCH_SECONDS: Final = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = parse(None if arguments is None else list(arguments))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False, markup=False, emoji=False)
    try:
        with ended_by_signals():
            return _run(options, console)
    except (ChildError, DemoError, NoFolderError, NoFreePortError) as error:
        Console(stderr=True).print(Text(str(error), style="red"), soft_wrap=True)
        return NOT_BEGUN
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(options: Options, console: Console) -> int:
    if options.start:
        return _with_own_services(options, console, stay=not options.once)
    if options.base is not None:
        return _tour(place_of_options(options, os.environ), console)
    demo = _running_demo(options)
    if demo is not None:
        return _of_demo(demo, options, console)
    return _with_own_services(options, console, stay=False)


def _of_demo(demo: Demo, options: Options, console: Console) -> int:
    if options.notes is not None:
        return _tour(place_of_demo(demo, notes=options.notes.rstrip("/")), console)
    with notes_of(demo, folder=options.demo_file.parent, say=console.print) as notes:
        return _tour(place_of_demo(demo, notes=notes), console)


def _with_own_services(options: Options, console: Console, *, stay: bool) -> int:
    with running(port=options.port, database=options.database, say=console.print) as services:
        status = _tour(place_of_demo(services.demo, notes=services.notes), console)
        if stay:
            # No wrapping, no styles: the commands in it are there to be copied.
            console.print(next_steps(services.demo, notes=services.notes, folder=services.folder), soft_wrap=True)
            _stay(services, console)
    return status


def _stay(services: Running, console: Console) -> None:
    console.print("    Both stay up until Ctrl-C.")
    try:
        while True:
            services.check()
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        console.print("\n    Ending both.")


def _tour(place: Place, console: Console) -> int:
    screen = Screen(console)
    started = time.monotonic()
    results = walk(STEPS, Visit(place), guide=screen)
    screen.summary(results, seconds=time.monotonic() - started)
    return HELD if all_held(results) else NOT_HELD


def _running_demo(options: Options) -> Demo | None:
    """Read the demo of a server that runs here; None where there is none, or one that runs no more."""
    if not options.demo_file.exists():
        return None
    demo = read_demo(options.demo_file)
    return demo if answers(f"{demo.issuer}/readyz") else None


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM, and the end of the terminal, end us as Ctrl-C does, once: ending must not itself be interrupted.

    SIGINT is among them because a shell starts background jobs with SIGINT ignored; a SIGHUP that is ignored is so
    because of nohup, and stays so.
    """
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    if previous[signal.SIGHUP] == signal.SIG_IGN:
        del previous[signal.SIGHUP]
    is_ending = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_ending
        if not is_ending:
            is_ending = True
            raise KeyboardInterrupt

    for number in previous:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main(["--start", *sys.argv[1:]]))

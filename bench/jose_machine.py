"""What a figure was measured on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path


def facts() -> dict[str, str]:
    """Name the machine and the versions that matter."""
    return {
        "Python": platform.python_version(),
        "machine": f"{_processor()}, {os.cpu_count()} CPUs, {platform.system()}",
        "load": f"{os.getloadavg()[0]:.1f}",
        "cryptography": version("cryptography"),
        "msgspec": version("msgspec"),
        "PyJWT": version("pyjwt"),
        "joserfc": version("joserfc"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()

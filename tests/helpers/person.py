"""Run programs as a person does: from another folder, offline, without a display."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib
import pytest

ROOT = Path(__file__).resolve().parents[2]
HOME = tempfile.TemporaryDirectory()  # no downloads of the user's, and old settings:
SETTINGS = Path(HOME.name) / ".keras" / "keras.json"
SETTINGS.parent.mkdir()
SETTINGS.write_text(
    '{"backend": "theano", "floatx": "float64", "image_data_format": "channels_first"}'
)
OWN = {"DISPLAY", "BROWSER", "KERAS_BACKEND", "KERAS_HOME", "MPLBACKEND"}
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name not in OWN},
    "HOME": HOME.name,
    "USERPROFILE": HOME.name,  # which it is on Windows
    "MPLCONFIGDIR": matplotlib.get_cachedir(),  # to look for fonts only once
    "PYTHONPATH": str(ROOT / "tests" / "helpers" / "offline"),
}
if sys.platform != "linux":
    ENVIRONMENT["SSH_CONNECTION"] = "so that no window opens"
needs_full_disk = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="only Linux has /dev/full"
)


def windows_lacks(what):
    """Skips the test on Windows, where something that it needs is not there."""
    if sys.platform == "win32":
        pytest.skip(f"Windows has no {what}")


def run_python(*arguments, cwd, **environment):
    """Runs Python in a folder; returns its exit status and what it printed."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
    )


def pictures(folder):
    """Returns the names of the pictures in `figures/`, every one checked to be a PNG."""
    files = sorted((folder / "figures").iterdir())
    assert all(file.read_bytes().startswith(b"\x89PNG\r\n") for file in files)
    return [file.name for file in files]


def sentence(stderr):
    """Returns the last line of stderr, which must not hold a traceback."""
    assert "Traceback" not in stderr
    return stderr.strip().splitlines()[-1]

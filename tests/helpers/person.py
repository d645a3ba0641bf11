"""Run programs as a person does: from another folder, offline, without a display."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

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
    "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
    "PYTHONPATH": str(ROOT / "tests" / "helpers" / "offline"),
}


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

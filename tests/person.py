"""Run the steps as a person does: from another folder, offline, without a display."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = tempfile.TemporaryDirectory()  # no settings and no downloads of the user's
OWN = "DISPLAY", "KERAS_BACKEND", "KERAS_HOME", "MPLBACKEND", "TF_CPP_MIN_LOG_LEVEL"
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name not in OWN},
    "HOME": HOME.name,
    "PYTHONPATH": str(ROOT / "tests" / "offline"),
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


def run_step(number, *options, cwd, root=ROOT, **environment):
    """Runs a step from another folder, by a relative path."""
    script = os.path.relpath(root / f"step{number}.py", cwd)
    return run_python(script, *options, cwd=cwd, **environment)


def pictures(folder):
    """Returns the names of the pictures in `figures/`, every one checked to be a PNG."""
    files = sorted((folder / "figures").iterdir())
    assert all(file.read_bytes().startswith(b"\x89PNG\r\n") for file in files)
    return [file.name for file in files]


def sentence(stderr):
    """Returns the last line of stderr, which must not hold a traceback."""
    assert "Traceback" not in stderr
    return stderr.strip().splitlines()[-1]

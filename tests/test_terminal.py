"""What the first page says to somebody who is stuck, at a real terminal, in both shells."""

import shutil
import sys
from pathlib import Path

import pexpect
import pytest
from pages import fences
from person import ENVIRONMENT, ROOT, windows_lacks

LEFT, UP, RUBOUT, CTRL_C = "\x1b[D", "\x1b[A", "\x7f", "\x03"
SHELLS = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"]}
TRY_OUT = next(block for block in fences("step2", "sh") if "np.pad([[1" in block)


@pytest.fixture(params=SHELLS)
def terminal(request, tmp_path):
    windows_lacks("terminal for pexpect")
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    path = f"{Path(sys.executable).parent}:{ENVIRONMENT['PATH']}"
    own = {"HOME": str(tmp_path), "PS1": "READY ", "TERM": "xterm", "PATH": path}
    terminal = pexpect.spawn(
        request.param,
        SHELLS[request.param],
        cwd=tmp_path,
        env={**ENVIRONMENT, **own},
        encoding="utf-8",
        dimensions=(50, 120),
        timeout=120,
    )
    terminal.expect("READY ")
    yield terminal
    terminal.close(force=True)


def paste(terminal, text):
    """Pastes a text as a terminal does, with its marks for the shell; presses Enter."""
    terminal.send(f"\x1b[200~{text.rstrip()}\x1b[201~")
    terminal.send("\r")


def test_to_try_something_else(terminal):
    paste(terminal, TRY_OUT)
    terminal.expect(r"0 0 3 4 0 0\]")
    terminal.expect("READY ")
    terminal.send(UP)
    _, _, behind = TRY_OUT.rstrip().partition("4")
    newline = "bash" in str(terminal.command)  # bash keeps one at the end of a block
    terminal.send(LEFT * (len(behind) + newline) + RUBOUT + "8\r")
    terminal.expect(r"0 0 3 8 0 0\]")


def test_a_bare_prompt(terminal):
    paste(terminal, TRY_OUT.removesuffix("PYTHON\n"))
    terminal.expect("> ")
    terminal.send(CTRL_C)
    terminal.expect("READY ")
    paste(terminal, TRY_OUT)
    terminal.expect(r"0 0 3 4 0 0\]")


def test_a_block_that_was_skipped_or_ran_twice(terminal, tmp_path):
    blocks = [b for b in fences("step1", "sh") if b.startswith("cat >> ")]
    script = tmp_path / "step1.py"
    for block in blocks[1], blocks[2], blocks[2], "python step1.py":
        paste(terminal, block)
        terminal.expect("READY ")
    assert "NameError" in terminal.before
    for command in "rm step1.py", *blocks:
        paste(terminal, command)
        terminal.expect("READY ")
    assert script.read_bytes() == (ROOT / "step1.py").read_bytes()

"""Compare what a block of the lesson prints with what the page shows below it."""

import re

import numpy as np
import pytest
from step1 import DATA


def save_few_digits(path):
    """Saves the first thirtieth of MNIST's digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with np.load(DATA) as mnist:
        few = {name: array[: len(array) // 30] for name, array in mnist.items()}
    np.savez(path, **few)


def hold_out_few(code):
    """Returns code of the lesson for few digits and pictures: it holds out 300 digits.

    What takes ten passes or more takes 2.
    """
    code = code.replace("epochs=30", "epochs=2").replace("= 40, 80", "= 2, 2")
    code = code.replace("passes=10", "passes=2").replace("EACH = 600", "EACH = 30")
    return re.sub(r"\b(10000|6000)\b", "300", code)


def clean(output):
    """Returns what stands in the terminal at the end: no colours, bars as they are last."""
    lines = re.sub("\x1b\\[[0-9;]*m", "", output).splitlines()
    return "\n".join(re.split("[\b\r]", line)[-1] for line in lines)


def number(word):
    return float(word.replace(",", ""))


def compare(shown, seen, few=False):
    """Asserts that an output was seen as the page shows it.

    Three dots stand for anything, white space for any white space, and a number behind
    a "~" for one that is not far away: half as much again, a twentieth for an accuracy,
    0.15 for a probability. With few images, any number will do.
    """
    words = shown.split()
    patterns, expected = [], []
    for before, word, after in zip(["", *words], words, [*words[1:], ""]):
        if few and re.fullmatch(r"[~(]?\d[\d.,/)]*", word):
            patterns.append(r"\S+")
        elif word.startswith("~"):
            near = number(word[1:])
            share = 0.05 if before.endswith("accuracy:") else 0.5
            small = 0.15 if near < 1 and after != "%" and share == 0.5 else 0.02
            expected.append(pytest.approx(near, rel=share, abs=small))
            patterns.append(r"([\d.,]+)")
        else:
            patterns.append(".*?" if word == "..." else re.escape(word))
    found = re.search(r"\s+".join(patterns), f"\n{seen}", re.S)
    assert found, f"{shown}\nis not in\n{seen}"
    for near, word in zip(expected, found.groups()):
        assert number(word) == near, shown

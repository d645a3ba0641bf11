"""write_digits.py: its colours, its data, and the networks that it refuses."""

import re
import shutil

import numpy as np
import pytest
from lenet5_1998 import build_lenet5_1998
from person import ROOT, run_python, sentence
from step3 import build_lenet5
from write_digits import PAGE, assemble, write_page


def luminance(colour):
    curve = ((colour + 0.055) / 1.055) ** 2.4
    linear = np.where(colour <= 0.04045, colour / 12.92, curve)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_contrast():
    """Of the text on its backgrounds, and on the palest and darkest cells with numbers."""
    style = (ROOT / "beyond" / "html" / "style.css").read_text()
    light, dark = re.findall(r":root \{([^}]*--page[^}]*)\}", style)
    for rules in light, dark:
        colours = {
            name: np.array([*bytes.fromhex(colour)]) / 255
            for name, colour in re.findall(r"--(\w+): #([0-9a-f]{6})", rules)
        }
        page, paper, ink = colours["page"], colours["paper"], colours["ink"]
        halves = [(colours[n] + paper) / 2 for n in ("positive", "negative")]
        for ground in page, paper, *halves:
            low, high = sorted([luminance(ink), luminance(ground)])
            assert (high + 0.05) / (low + 0.05) > 4.5, (rules, ground)


# Networks that it cannot show

LENET5 = "models/lenet5-relu-max.keras"
NONE = f"No trained network in {LENET5}: run step 4 in this folder."


@pytest.mark.parametrize(
    "save, said",
    [
        (
            lambda path: build_lenet5("gelu").save(path),
            "The page cannot show the layer C1, with gelu.",
        ),
        (  # whose layers have the same names
            lambda path: build_lenet5_1998().save(path),
            f"The network in {LENET5} does not have the layers of step 3.",
        ),
        (lambda path: path.write_text("damaged"), NONE),
    ],
)
def test_another_network_is_refused(save, said, trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained, "models")
    save(tmp_path / LENET5)
    with pytest.raises(SystemExit) as stop:
        write_page()
    assert stop.value.code == said
    assert not PAGE.exists()


def test_no_networks(tmp_path):
    result = run_python(ROOT / "beyond" / "write_digits.py", cwd=tmp_path)
    assert (result.returncode, sentence(result.stderr)) == (1, NONE)

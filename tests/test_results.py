"""What measures: every candidate can be trained. (The tables take an hour.)"""

import re

import cures
import pytest
import recipe
import recipe_1998
import train_1998
from common import changed, lay_scripts, train_changed
from person import ROOT
from step1 import load_mnist
from step4 import EPOCHS, NETWORKS, as_set


def few_digits():
    (images, labels), _ = load_mnist()
    return as_set(images[:640], labels[:640]), as_set(images[640:999], labels[640:999])


@pytest.mark.slow
@pytest.mark.parametrize("name", recipe.CANDIDATES)
def test_recipes(name):
    changes = {**recipe.CANDIDATES[name], "step4.EPOCHS": 1}
    build = NETWORKS["lenet5-relu-max"]
    (error,) = train_changed(changes, build, [0], few_digits)
    assert 0 < error < 100


@pytest.mark.slow
@pytest.mark.parametrize("name", recipe_1998.CANDIDATES)
def test_recipes_1998(name):
    with changed(recipe_1998.CANDIDATES[name]):
        variant = "with distorted digits"
        _, row = train_1998.run_variant(variant, [0], *few_digits(), epochs=1)
    assert 0 < row[2][0] < 100


@pytest.mark.slow
def test_cures(tmp_path, monkeypatch, capsys):
    once = {"def learn(name, model, epochs=30):": "def learn(name, model, epochs=1):"}
    lay_scripts(tmp_path, once)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(cures, "PASSES", [1])
    monkeypatch.setattr(cures, "SEEDS", range(1))
    monkeypatch.setattr(cures, "SEEDS_OF_FEW", range(2))
    monkeypatch.setattr(cures, "load_held_out", few_digits)
    cures.print_by_heart()
    cures.print_moved()
    rows = [
        row.split(" | ") for row in capsys.readouterr().out.splitlines() if "%" in row
    ]
    assert [len(row) for row in rows] == 5 * [5] + 4 * [5]
    assert rows[0][0] == "| as it is" and rows[-1][0] == "| lenet5-relu-max, cured"


def test_the_readme_has_the_recipe_s_passes():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    passes = re.findall(r"(?m)^\| (?:ours|a dense).* \| (\d+) \| [\d.]+ % \|$", readme)
    assert passes == 3 * [str(EPOCHS)]

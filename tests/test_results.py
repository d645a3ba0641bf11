"""What measures: every candidate can be trained. (The tables take hours.)"""

import functools

import train_1998
import one_pass
import pytest
import recipe
import recipe_1998
from common import changed, train_changed
from step3 import build_lenet5
from step4 import NETWORKS, as_set, load_mnist

CANDIDATES = {
    **{
        name: (NETWORKS["lenet5-relu-max"], changes)
        for name, changes in recipe.CANDIDATES.items()
    },
    **{
        name: (functools.partial(build_lenet5, *layout), changes)
        for name, (changes, *layout) in one_pass.CANDIDATES.items()
    },
}


def few_digits():
    (images, labels), _ = load_mnist()
    return as_set(images[:640], labels[:640]), as_set(images[640:999], labels[640:999])


@pytest.mark.slow
@pytest.mark.parametrize("name", CANDIDATES)
def test_recipes(name):
    build, changes = CANDIDATES[name]
    changes = {**changes, "step4.EPOCHS": 1}
    (error,) = train_changed(changes, build, [0], few_digits)
    assert 0 < error < 100


@pytest.mark.slow
@pytest.mark.parametrize("name", recipe_1998.CANDIDATES)
def test_recipes_1998(name):
    with changed(recipe_1998.CANDIDATES[name]):
        variant = "with distorted digits"
        _, row = train_1998.run_variant(variant, [0], *few_digits(), epochs=1)
    assert 0 < row[2][0] < 100

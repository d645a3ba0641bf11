"""What measures: every candidate can be trained. (The tables take hours.)"""

import lenet5_1998
import one_pass
import pytest
import recipe
import recipe_1998
from step4 import NETWORKS, as_set, load_mnist

CANDIDATES = {
    **{
        name: {"build": NETWORKS["lenet5-relu-max"], **changes}
        for name, changes in recipe.CANDIDATES.items()
    },
    **one_pass.CANDIDATES,
}


@pytest.fixture(scope="module")
def few_digits():
    (images, labels), _ = load_mnist()
    return as_set(images[:640], labels[:640]), as_set(images[640:999], labels[640:999])


@pytest.mark.slow
@pytest.mark.parametrize("name", CANDIDATES)
def test_recipes(name, few_digits):
    train_set, test_set = few_digits
    arguments = {**CANDIDATES[name], "epochs": 1}
    error = recipe.train(seed=0, train_set=train_set, test_set=test_set, **arguments)
    assert 0 < error < 100


@pytest.mark.slow
@pytest.mark.parametrize("name", recipe_1998.CANDIDATES)
def test_recipes_1998(name, few_digits):
    changes = {**recipe_1998.CANDIDATES[name], "epochs": 1}
    variant = "with distorted digits"
    _, row = lenet5_1998.run_variant(variant, [0], *few_digits, **changes)
    assert 0 < row[2][0] < 100

"""Step 3: every layer of LeNet-5, here and in the paper."""

import re

import numpy as np
import pytest
import step3
from keras import layers
from person import ROOT, run_python

# (output shape, parameters in our network, parameters in the paper)
LAYERS = {
    "C1": ((28, 28, 6), 156, 156),
    "S2": ((14, 14, 6), 0, 12),
    "C3": ((10, 10, 16), 2416, 1516),
    "S4": ((5, 5, 16), 0, 32),
    "C5": ((1, 1, 120), 48120, 48120),
    "F6": ((84,), 10164, 10164),
    "output": ((10,), 850, 0),
}


@pytest.mark.parametrize("pooling", [layers.AveragePooling2D, layers.MaxPooling2D])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_layers(activation, pooling):
    model = step3.build_lenet5(activation, pooling)
    assert model.input_shape == (None, 32, 32, 1)
    names = [layer.name for layer in model.layers if layer.name != "flatten"]
    assert names == [*LAYERS]
    for name, (shape, parameters, _) in LAYERS.items():
        layer = model.get_layer(name)
        assert layer.output.shape == (None, *shape)
        assert layer.count_params() == parameters
    assert model.count_params() == 61706
    for name in "C1", "C3", "C5", "F6":
        assert model.get_layer(name).activation.__name__ == activation
    for name in "C1", "C3", "C5":
        assert model.get_layer(name).kernel_size == (5, 5)
    for name in "S2", "S4":
        assert type(model.get_layer(name)) is pooling
        assert model.get_layer(name).pool_size == (2, 2)


def test_default_is_the_paper_s():
    model = step3.build_lenet5()
    assert model.get_layer("C1").activation.__name__ == "tanh"
    assert type(model.get_layer("S2")) is layers.AveragePooling2D


def test_output_is_probabilities():
    images = np.random.default_rng(0).random((4, 32, 32, 1), np.float32)
    for model in step3.build_lenet5(), step3.build_dense():
        assert np.array(model(images)).sum(axis=1) == pytest.approx([1] * 4, abs=1e-5)


def test_dense():
    model = step3.build_dense()
    assert model.count_params() == 784 * 256 + 256 + 256 * 10 + 10 == 203530
    images = np.random.default_rng(0).random((2, 32, 32, 1), np.float32)
    framed = np.full_like(images, 9)
    framed[:, 2:30, 2:30] = images[:, 2:30, 2:30]
    assert np.array(model(framed)) == pytest.approx(np.array(model(images)))


def test_the_paper_s_numbers():
    assert step3.PAPER == {name: paper for name, (_, _, paper) in LAYERS.items()}
    assert sum(step3.PAPER.values()) == 60000


@pytest.mark.parametrize(
    "said",
    [
        '{"image_data_format": "channels_first"}',
        '{"floatx": "float64"}',
        '{"backend": "theano", "image_dim_ordering": "th"}',
    ],
)
def test_settings_of_the_user_do_not_matter(said, tmp_path):
    (tmp_path / "keras.json").write_text(said)
    settings = {"KERAS_BACKEND": "torch", "KERAS_HOME": str(tmp_path)}
    result = run_python(ROOT / "step3.py", cwd=tmp_path, **settings)
    assert result.returncode == 0, result.stderr
    for name, (_, here, paper) in LAYERS.items():
        assert re.search(rf"^{name} +{here:,} +{paper:,}$", result.stdout, re.M)
    assert re.search("^all +61,706 +60,000$", result.stdout, re.M)
    assert max(map(len, result.stdout.splitlines())) <= 80

"""The network of 1998: its layers, its loss, its distortions."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from lenet5_1998 import CODES, Distortion, Subsampling, build_lenet5_1998
from lenet5_1998 import count_connections, count_parameters, loss, paper_pixels, squash
from step1 import load_mnist
from step2 import prepare

# (output shape, trainable parameters, connections, inputs of a unit), section II.B
LAYERS = {
    "C1": ((28, 28, 6), 156, 122304, 25),
    "S2": ((14, 14, 6), 12, 5880, 4),
    "C3": ((10, 10, 16), 1516, 151600, None),
    "S4": ((5, 5, 16), 32, 2000, 4),
    "C5": ((1, 1, 120), 48120, 48120, 400),
    "F6": ((84,), 10164, 10164, 120),
    "output": ((10,), 0, 840, None),
}
# Table I: the maps of S2 that feed each map of C3
TABLE_I = "012 123 234 345 045 015 0123 1234 2345 0345 0145 0125 0134 1245 0235 012345"


@pytest.fixture(autouse=True)
def seed():
    """Makes the random numbers of each test the same in every run."""
    keras.utils.set_random_seed(0)


# The network


def test_layers():
    model = build_lenet5_1998()
    for name, (shape, parameters, connections, _) in LAYERS.items():
        layer = model.get_layer(name)
        assert layer.output.shape == (None, *shape)
        assert count_parameters(layer) == parameters
        assert count_connections(layer) == connections
    assert count_parameters(model) == 60000
    assert sum(count_connections(model.get_layer(name)) for name in LAYERS) == 340908


def test_table_i():
    layer = build_lenet5_1998().get_layer("C3")
    maps = tf.random.stateless_uniform((1, 14, 14, 6), seed=(0, 0))
    fed_by = []
    for k in range(16):
        with tf.GradientTape() as tape:
            tape.watch(maps)
            output = layer(maps)[..., k]
        reached = np.any(tape.gradient(output, maps), axis=(0, 1, 2))
        fed_by.append("".join(map(str, np.flatnonzero(reached))))
    assert fed_by == TABLE_I.split()
    assert sum(map(len, fed_by)) == layer.kernels.shape[0] == 60


def test_c3_is_a_convolution():
    layer = build_lenet5_1998().get_layer("C3")
    kernels = np.random.default_rng(0).normal(size=(60, 5, 5)).astype(np.float32)
    layer.set_weights([kernels, np.arange(16, dtype=np.float32) / 10])
    maps = np.random.default_rng(1).random((1, 14, 14, 6), np.float32)
    output = np.array(layer(maps))
    assert output.shape == (1, 10, 10, 16)
    total, kernels = 0.9, iter(kernels)  # in the order of Table I's rows
    for m in range(6):
        for k, feeding in enumerate(TABLE_I.split()):
            if str(m) in feeding:
                kernel = next(kernels)
                total += (kernel * maps[0, 3:8, 2:7, m]).sum() if k == 9 else 0
    expected = 1.7159 * math.tanh(2 / 3 * total)
    assert output[0, 3, 2, 9] == pytest.approx(expected, abs=1e-4)


def test_weights_at_the_start():
    model = build_lenet5_1998()
    for name in "C1", "S2", "S4", "C5", "F6":
        weights = model.get_layer(name).trainable_weights[0]
        limit = 2.4 / LAYERS[name][3]
        assert 0.5 * limit < np.abs(weights).max() <= limit, name
    c3 = model.get_layer("C3")
    for k, feeding in enumerate(TABLE_I.split()):
        of_map = c3.kernels.numpy()[c3.connections[:, 1] == k]
        limit = 2.4 / (25 * len(feeding))
        assert 0.9 * limit < np.abs(of_map).max() <= limit


def test_squash():
    sums = np.array([-100, -1, 0, 1, 100], np.float32)
    expected = [-1.7159, -1, 0, 1, 1.7159]
    assert np.array(squash(sums)) == pytest.approx(expected, abs=1e-4)


def test_subsampling():
    layer = Subsampling()
    maps = np.array([[[[1, 5], [2, 6]], [[3, 7], [4, 8]]]], np.float32)  # (1, 2, 2, 2)
    layer.build(maps.shape)
    layer.set_weights([np.array([0.1, -0.1]), np.array([0.5, 0.6])])
    # 0.1 * (1 + 2 + 3 + 4) + 0.5 = 1.5, and -0.1 * (5 + 6 + 7 + 8) + 0.6 = -2
    expected = [1.7159 * math.tanh(1), 1.7159 * math.tanh(-4 / 3)]
    assert np.array(layer(maps)).ravel() == pytest.approx(expected, abs=1e-5)


def test_output_is_distances_to_codes():
    layer = build_lenet5_1998().get_layer("output")
    distances = -np.array(layer(CODES.astype(np.float32)))
    pixels = (CODES[:, None] != CODES).sum(axis=2)
    assert np.array_equal(distances, 4 * pixels)  # from -1 to 1, squared
    assert (pixels + 18 * np.eye(10) >= 18).all()
    assert set(CODES.ravel()) == {-1, 1}
    # a 1 has its stem in the middle, a 7 begins with a bar
    assert (CODES[1].reshape(12, 7)[:, 3] == 1).all()
    assert (CODES[7].reshape(12, 7)[0] == 1).all()


# The loss


# On the right code, all others far away: log(e^-5 + 1). As far from the right code as j:
# 5 + log(2 e^-5) = log 2. Far from all codes, where only the right one pulls: 100 +
# log(e^-5). On all the wrong codes: 10 + log(e^-5 + e^-10 + 9).
@pytest.mark.parametrize(
    "right, wrong, expected",
    [(0, 1000, 0.006715), (5, 1000, 0.693147), (100, 1000, 95.0), (10, 0, 12.197978)],
)
def test_loss(right, wrong, expected):
    distances = np.full((1, 10), wrong, np.float32)
    distances[0, 3] = right
    label = np.eye(10, dtype=np.float32)[[3]]
    losses = np.array(loss(label, -distances))
    assert losses == pytest.approx([expected], abs=1e-4)


# The distortions


def test_distortions_are_affine():
    x = np.tile(np.arange(32, dtype=np.float32), (32, 1))
    layer = Distortion()
    images = np.repeat(np.stack([x, x.T])[..., None], 1000, axis=0)
    assert np.array_equal(layer(images), images)  # not in use
    first, second = (np.array(layer(images, training=True)) for _ in range(2))
    assert not np.array_equal(first, second)
    # the column (or row) of the image that each pixel of the middle is taken from
    taken = first[:, 8:24, 8:24, 0].reshape(2000, 256).T
    rows, cols = np.indices((16, 16)) + 8 - 15.5
    plane = np.stack([cols.ravel(), rows.ravel(), np.ones(256)], axis=1)
    fitted, *_ = np.linalg.lstsq(plane, taken)
    assert taken == pytest.approx(plane @ fitted, abs=1e-3)
    (width, shear, column), (slope, height, row) = fitted[:, :1000], fitted[:, 1000:]
    assert slope == pytest.approx(np.zeros(1000), abs=1e-4)  # only sideways
    # scaled and squeezed by up to 0.12 each, sheared by 0.25, shifted by 0.5
    amounts = np.log(width), np.log(height), shear, column - 15.5, row - 15.5
    limits = [(0.2, 0.2401)] * 2 + [(0.23, 0.2501)] + [(0.45, 0.5001)] * 2
    for amount, (near, far) in zip(amounts, limits):
        assert near < amount.max() < far
        assert near < -amount.min() < far


def test_pixel_values():
    """The paper's: -0.1 for background, 1.175 for ink."""
    prepared = np.array([0, 0.2, 1], np.float32)
    pixels = paper_pixels(prepared)
    assert pixels.dtype == np.float32
    assert pixels == pytest.approx([-0.1, 0.155, 1.175])


def test_distorted_digits_stay_on_their_background():
    (images, _), _ = load_mnist()
    images = paper_pixels(prepare(images[:500]))
    distorted = np.array(Distortion()(images, training=True))
    assert distorted.shape == (500, 32, 32, 1)
    corners = distorted[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners == pytest.approx(np.full_like(corners, -0.1), abs=1e-6)
    ink, before = (np.mean(x, axis=(1, 2, 3)) + 0.1 for x in (distorted, images))
    assert 0.7 < (ink / before).min() and (ink / before).max() < 1.4

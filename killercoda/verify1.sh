#!/bin/bash
# Lets on who has a step1.py that loads MNIST, and its picture.
cd ~/lesson && source .venv/bin/activate && python - <<'END'
from pathlib import Path

from step1 import load_mnist

(train_images, train_labels), (test_images, test_labels) = load_mnist()
assert train_images.shape == (60000, 28, 28)
assert train_labels.shape == (60000,)
assert test_images.shape == (10000, 28, 28)
assert test_labels.shape == (10000,)
assert Path("figures/step1-digits.png").stat().st_size > 0
END

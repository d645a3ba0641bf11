#!/bin/bash
# Lets on who has a step3.py that builds both networks.
cd ~/lesson && source .venv/bin/activate && python - <<'END'
from step3 import build_dense, build_lenet5

model = build_lenet5("relu")
parameters = {layer.name: layer.count_params() for layer in model.layers}
parameters.pop("flatten", None)
assert parameters == {
    "C1": 156, "S2": 0, "C3": 2416, "S4": 0, "C5": 48120, "F6": 10164, "output": 850
}
assert build_lenet5().output_shape == (None, 10)
assert build_dense().count_params() == 203530
END

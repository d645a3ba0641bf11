"""Write data/signs.json, a small collection of signs to try `train_signs.py` with.

    python lesson/make/write_signs.py

The signs are strokes of our tests, each written 15 times with other slants, bends, places
and sizes. No hand has written them. The page for handwriting has made the file's format.
"""

import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "helpers"))

from strokes import SIGNS, by_hand, rows_of

NAMES = "heart", "tent", "delta", "fish", "bow", "bolt", "tree", "up"
EACH = 15
ABOUT = "Made by lesson/make/write_signs.py out of strokes: no hand has written them."


def main():
    rng = np.random.default_rng(0)
    strokes = dict(rows_of(SIGNS))
    signs = []
    for name in NAMES:
        drawings = [by_hand(strokes[name], rng) for _ in range(EACH)]
        lines = [
            json.dumps(
                [np.rint(1000 * np.array(s)).astype(int).tolist() for s in drawing]
            )
            for drawing in drawings
        ]
        lines = ",\n".join(line.replace(" ", "") for line in lines)
        signs.append(f'{{"name": "{name}", "drawings": [\n{lines}\n]}}')
    text = f'{{"about": "{ABOUT}",\n"signs": [\n' + ",\n".join(signs) + "\n]}\n"
    (ROOT / "data" / "signs.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

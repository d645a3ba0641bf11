"""Run step 4 with five seeds: mean errors, time and memory.

python results/errors.py
"""

import re
import resource
import statistics
import sys
import tempfile
import time

from common import ROOT, print_header, print_row, run_quietly, spread

SEEDS = range(5)
ROW = re.compile(r"^([\w-]+) +([\d.]+) +([\d.]+)$", re.M)  # name, both errors


def main():
    errors, seconds = {}, []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            output = run_quietly(ROOT / "step4.py", "--seed", seed, cwd=folder)
            seconds.append(time.perf_counter() - start)
        for name, *row in ROW.findall(output):
            errors.setdefault(name, []).append(map(float, row))
    print_header("network", "training error", "test error")
    for name, rows in errors.items():
        print_row(name, *map(spread, zip(*rows)))
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e9
    print(f"\n`python step4.py`: {statistics.median(seconds):.0f} s, {memory:.1f} GB")


if __name__ == "__main__":
    main()

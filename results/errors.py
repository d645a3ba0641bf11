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
# name, training error, test error, seconds
ROW = re.compile(r"^([\w-]+) +[\d,]+ +([\d.]+) % +([\d.]+) % +(\d+) s$", re.M)


def main():
    results, seconds = {}, []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            output = run_quietly(ROOT / "step4.py", "--seed", seed, cwd=folder)
            seconds.append(time.perf_counter() - start)
        for name, training_error, test_error, time_ in ROW.findall(output):
            row = float(training_error), float(test_error), float(time_)
            results.setdefault(name, []).append(row)
    print_header("network", "training error", "test error", "time of the training")
    for name, rows in results.items():
        training_errors, test_errors, times = zip(*rows)
        time_of_training = f"{statistics.median(times):.0f} s"
        print_row(name, spread(training_errors), spread(test_errors), time_of_training)
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e9
    print(f"\n`python step4.py`: {statistics.median(seconds):.0f} s, {memory:.1f} GB")


if __name__ == "__main__":
    main()

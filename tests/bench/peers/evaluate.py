"""numpy's side of `rxface bench evaluate`: the figures of a verification protocol from embeddings that are there already.

Prints one JSON line {"ready": ...}, then for each line `TIMES` on stdin scores so often and answers with {"seconds": ...,
"images": pairs scored}. Ends with its stdin.
"""
import argparse

import numpy as np

from turns import take_turns

FOLDS = 10
THRESHOLDS = np.arange(400) * 0.01


def score(embeddings, same):
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    distances = np.square(unit[0::2] - unit[1::2]).sum(1)
    below = distances[:, None] < THRESHOLDS
    right = below == same[:, None]
    accuracies, values = [], []
    for test in np.array_split(np.arange(len(same)), FOLDS):
        others = np.delete(np.arange(len(same)), test)
        accuracies.append(right[test, right[others].mean(0).argmax()].mean())
        # The threshold of the other folds at which FAR is 1e-3.
        far = below[others][~same[others]].mean(0)
        at = np.interp(1e-3, far, THRESHOLDS) if far.max() >= 1e-3 else 0.0
        values.append((distances[test][same[test]] < at).mean())
    order = np.argsort(distances, kind="stable")
    hits = np.cumsum(same[order]) / same.sum()
    misses = np.cumsum(~same[order]) / (~same).sum()
    return np.mean(accuracies), np.mean(values), hits[misses <= 1e-3].max(initial=0), np.trapezoid(hits, misses)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=6000)
    parser.add_argument("--dimension", type=int, default=512)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    embeddings = random.uniform(-0.5, 0.5, (2 * options.pairs, options.dimension)).astype(np.float32)
    same = np.arange(options.pairs) % 2 == 0
    embeddings[1::2][same] += embeddings[0::2][same]
    score(embeddings, same)

    def scored(times):
        for _ in range(times):
            score(embeddings, same)
        return {"images": times * options.pairs}

    take_turns(f"numpy {np.__version__}", scored)


main()

"""Python's side of `rxface bench ijb`: IJB-C 1:1 as insightface's released script does it (recognition/_evaluation_/ijb:
image2template_feature, verification, scikit-learn's roc_curve read at the nearest point), feature norms kept, detector scores on,
no mirrored images.

Prints one JSON line {"ready": ...}, then for each line on stdin scores the set in --folder, from the reading of its lists and
embeddings on, and answers with {"seconds": ..., "images": trials scored, "peakBytes": ..., "figures": {FAR: TAR}}. Ends with its
stdin. Lists are read by pandas where it is installed, else by numpy.
"""
import argparse
import os

import numpy as np
import sklearn
from sklearn.metrics import roc_curve
from sklearn.preprocessing import normalize

from turns import peak, take_turns

try:
    import pandas
except ImportError:
    pandas = None

FARS = ["1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "1e-1"]
BATCH = 100_000


def columns(path, wanted, kind):
    if pandas is not None:
        return pandas.read_csv(path, sep=" ", header=None, usecols=wanted).values.astype(kind)
    return np.loadtxt(path, usecols=wanted, dtype=kind)


def template_features(features, templates, media):
    wanted = np.unique(templates)
    out = np.zeros((len(wanted), features.shape[1]))
    for number, template in enumerate(wanted):
        (rows,) = np.where(templates == template)
        own, own_media = features[rows], media[rows]
        means = []
        for medium, count in zip(*np.unique(own_media, return_counts=True)):
            (at,) = np.where(own_media == medium)
            means.append(own[at] if count == 1 else np.mean(own[at], axis=0, keepdims=True))
        out[number] = np.sum(np.concatenate(means), axis=0)
    return normalize(out), wanted


def verification(features, wanted, first, second):
    numbers = np.zeros(wanted.max() + 1, dtype=int)
    numbers[wanted] = np.arange(len(wanted))
    scores = np.zeros(len(first))
    for at in range(0, len(first), BATCH):
        a = features[numbers[first[at : at + BATCH]]]
        b = features[numbers[second[at : at + BATCH]]]
        scores[at : at + BATCH] = np.sum(a * b, -1)
    return scores


def score(folder):
    path = lambda name: os.path.join(folder, name)
    templates, media = columns(path("ijbc_face_tid_mid.txt"), [1, 2], int).T
    sure = columns(path("ijbc_name_5pts_score.txt"), [11], np.float32).reshape(-1, 1)
    first, second, label = columns(path("ijbc_template_pair_label.txt"), [0, 1, 2], int).T
    features = np.load(path("embeddings.npy")) * sure
    fused, wanted = template_features(features, templates, media)
    scores = verification(fused, wanted, first, second)
    far, tar, _ = roc_curve(label, scores)
    far, tar = np.flipud(far), np.flipud(tar)
    return len(label), {name: float(tar[np.argmin(np.abs(far - float(name)))]) for name in FARS}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", required=True)
    options = parser.parse_args()
    lists = f", pandas {pandas.__version__}" if pandas else ""

    def scored(times):
        trials = 0
        for _ in range(times):
            each, figures = score(options.folder)
            trials += each
        return {"images": trials, "peakBytes": peak(), "figures": figures}

    take_turns(f"numpy {np.__version__}, scikit-learn {sklearn.__version__}{lists}", scored)


main()

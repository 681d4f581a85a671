"""The recipe's data and its LFW score for the PyTorch peer, with numpy and OpenCV alone."""
import csv
import gzip
import tarfile

import cv2
import numpy as np

TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
POINTS = [f"{part}_{axis}" for part in ("eyeL", "eyeR", "nose", "mouthL", "mouthR") for axis in "xy"]


def aligned(image, points):
    """Least-squares similarity without reflection (Umeyama) onto the ArcFace template, bilinear, black border."""
    a, b = points - points.mean(0), TEMPLATE - TEMPLATE.mean(0)
    u, sizes, v = np.linalg.svd(b.T @ a / len(a))
    flip = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(v))])
    matrix = (sizes * flip).sum() / a.var(0).sum() * (u * flip) @ v
    shift = TEMPLATE.mean(0) - matrix @ points.mean(0)
    return cv2.warpAffine(image, np.hstack([matrix, shift[:, None]]), (112, 112), flags=cv2.INTER_LINEAR)


def landmarks(path):
    with gzip.open(path, "rt") as lines:
        return {
            row["image"]: np.array([row[name] for name in POINTS], float).reshape(5, 2)
            for row in csv.DictReader(lines)
            if row["nose_x"]
        }


def faces(path, points=None):
    """(name, RGB uint8 112 x 112) of a tar.gz, aligned where `points` has the image, else resized if need be."""
    with tarfile.open(path) as tar:
        for member in tar:
            if not member.isfile():
                continue
            data = np.frombuffer(tar.extractfile(member).read(), np.uint8)
            image = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
            if points and member.name in points:
                image = aligned(image, points[member.name])
            elif image.shape[:2] != (112, 112):
                image = cv2.resize(image, (112, 112))
            yield member.name, image


def training_set(root):
    """The recipe's 356 people: pixels [N, 112, 112, 3] and labels [N]."""
    with open(f"{root}/identity_overlap.csv") as lines:
        rows = list(csv.DictReader(lines))
    shared = {(row[f"set_{side}"], row[f"id_{side}"]) for row in rows for side in "ab"}
    pixels, people = [], []
    for name, tar, points in [
        ("celeba", "celeba299/celeba112.tar.gz", None),
        ("boll", "bollywood64/bollywood64.tar.gz", landmarks(f"{root}/bollywood64/landmarks.csv.gz")),
    ]:
        for path, image in faces(f"{root}/{tar}", points):
            person = (name, path.split("/")[0])
            if person not in shared:
                pixels.append(image)
                people.append(person)
    classes = {person: i for i, person in enumerate(dict.fromkeys(people))}
    return np.stack(pixels), np.array([classes[person] for person in people]), len(classes)


def lfw(root):
    """LFW's named images [N, 112, 112, 3], its 6,000 pairs as rows [6000, 2] and whether each is the same person."""
    pairs, same = [], []
    with open(f"{root}/lfw112/pairs.txt") as lines:
        next(lines)
        for line in lines:
            f = line.split()
            other = f[2] if len(f) == 4 else f[0]
            pairs.append([f"{f[0]}/{f[0]}_{int(f[1]):04}.jpg", f"{other}/{other}_{int(f[-1]):04}.jpg"])
            same.append(len(f) == 3)
    named = {name for pair in pairs for name in pair}
    images = {name: image for name, image in faces(f"{root}/lfw112/lfw112.tar.gz") if name in named}
    rows = {name: i for i, name in enumerate(images)}
    return np.stack(list(images.values())), np.array([[rows[a], rows[b]] for a, b in pairs]), np.array(same)


def accuracy(embeddings, pairs, same, folds=10):
    """Mean accuracy over contiguous folds, threshold (squared distance below it: same) from the other folds."""
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    distances = ((unit[pairs[:, 0]] - unit[pairs[:, 1]]) ** 2).sum(1)
    right = (distances[:, None] < np.arange(400) * 0.01) == same[:, None]
    judged = []
    for test in np.array_split(np.arange(len(same)), folds):
        others = np.delete(right, test, axis=0)
        judged.append(right[test, others.mean(0).argmax()].mean())
    return np.mean(judged)

"""PyTorch's side of `rxface bench load`: a DataLoader over a .rec that decodes, augments as AdaFace does and batches.

Prints one JSON line {"ready": ...}, then for each line `BATCHES` on stdin goes through so many batches, over as many epochs as
they take, with the same workers, whose start is included, and answers with {"seconds": ..., "images": ...}. Ends with its stdin.

Augmentations and their chances are those of AdaFace's dataset/augmenter.py (crop, rescale, photometric at 0.2 each), with
OpenCV and Pillow as there; faces are mirrored at 0.5.
"""
import argparse
import io
import json
import math
import random
import struct
import sys
import time

import cv2
import numpy as np
import PIL
import torch
from PIL import Image, ImageEnhance

CHANCE = 0.2
HOW = [cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4]


def with_opencv(data):
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def with_pillow(data):
    return np.array(Image.open(io.BytesIO(data)).convert("RGB"))


def crop(image):
    """The box of torchvision's RandomResizedCrop(scale=(0.2, 1), ratio=(3/4, 4/3)); the rest turns black."""
    rows, columns = image.shape[:2]
    for _ in range(10):
        area, aspect = rows * columns * random.uniform(0.2, 1), math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        width, height = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < width <= columns and 0 < height <= rows:
            break
    else:
        width, height = columns, rows
    top, left = random.randint(0, rows - height), random.randint(0, columns - width)
    out = np.zeros_like(image)
    out[top : top + height, left : left + width] = image[top : top + height, left : left + width]
    return out


def rescale(image):
    rows, columns = image.shape[:2]
    ratio = random.uniform(0.2, 1)
    small = cv2.resize(image, (int(ratio * columns), int(ratio * rows)), interpolation=random.choice(HOW))
    return cv2.resize(small, (columns, rows), interpolation=random.choice(HOW))


def photometric(image):
    changes = [ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color]
    random.shuffle(changes)
    picture = Image.fromarray(image)
    for change in changes:
        picture = change(picture).enhance(random.uniform(0.5, 1.5))
    return np.array(picture)


class Records(torch.utils.data.Dataset):
    def __init__(self, path, decode, augment, size):
        self.path, self.decode, self.augment, self.size, self.file = path, decode, augment, size, None
        with open(path[: -len(".rec")] + ".idx") as index:
            places = dict(map(int, line.split()) for line in index)
        keys = sorted(places)
        flag, label, _ = self.read(places[keys[0]])
        # insightface: record 0 holds no image but the number of the first record that is none either.
        self.offsets = [places[key] for key in keys if flag == 0 or 0 < key < label]
        self.file = None  # each worker opens its own

    def read(self, offset):
        self.file = self.file or open(self.path, "rb")
        self.file.seek(offset)
        _, length = struct.unpack("<II", self.file.read(8))
        payload = self.file.read(length & 0x1FFFFFFF)
        flag, label = struct.unpack_from("<If", payload)
        at = 24 + 4 * flag
        return flag, struct.unpack_from("<f", payload, 24)[0] if flag else label, payload[at:]

    def __len__(self):
        return len(self.offsets)

    def __getitem__(self, i):
        _, label, data = self.read(self.offsets[i])
        image = self.decode(data)
        if image.shape[:2] != (self.size, self.size):
            image = cv2.resize(image, (self.size, self.size), interpolation=cv2.INTER_AREA)
        if self.augment:
            if random.random() < 0.5:
                image = np.ascontiguousarray(image[:, ::-1])
            for change in (crop, rescale, photometric):
                if random.random() < CHANCE:
                    image = change(image)
        return torch.from_numpy(image), int(label)


def settle(worker):
    cv2.setNumThreads(1)
    random.seed(torch.initial_seed() + worker)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rec", required=True)
    parser.add_argument("--decode", choices=["opencv", "pillow"], default="opencv")
    parser.add_argument("--augment", type=int, choices=[0, 1], default=0)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--size", type=int, default=112)
    options = parser.parse_args()
    decode = with_opencv if options.decode == "opencv" else with_pillow
    records = Records(options.rec, decode, options.augment == 1, options.size)
    library = f"OpenCV {cv2.__version__}" if options.decode == "opencv" else f"Pillow {PIL.__version__}"
    print(json.dumps({"ready": f"PyTorch {torch.__version__}, {library}"}), flush=True)
    for line in sys.stdin:
        batches, images = int(line), 0
        start = time.perf_counter()
        loader = torch.utils.data.DataLoader(
            records,
            options.batch,
            shuffle=True,
            drop_last=True,
            num_workers=options.workers,
            worker_init_fn=settle,
            persistent_workers=options.workers > 0,
        )
        while images < batches * options.batch:
            for pixels, _ in loader:
                images += len(pixels)
                if images >= batches * options.batch:
                    break
        seconds = time.perf_counter() - start
        # Its workers end here: they would go on reading ahead while others are timed.
        del loader
        print(json.dumps({"seconds": seconds, "images": images}), flush=True)


main()

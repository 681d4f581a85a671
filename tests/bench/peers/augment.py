"""What the augmentations of `rxface bench augment` cost in OpenCV and Pillow, called as AdaFace's released code calls them,
on one thread: milliseconds an image, median (least to most).

    python tests/bench/peers/augment.py
"""
import random
import statistics
import time
import cv2
import numpy as np
from PIL import Image, ImageEnhance

SIDE, IMAGES, ROUNDS = 112, 300, 7
HOW = [cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4]
cv2.setNumThreads(1)


def crop(image):
    height, width = random.randint(50, SIDE), random.randint(50, SIDE)
    top, left = random.randint(0, SIDE - height), random.randint(0, SIDE - width)
    out = np.zeros_like(image)
    out[top : top + height, left : left + width] = image[top : top + height, left : left + width]
    return out


def through(image, side, down, up):
    return cv2.resize(cv2.resize(image, (side, side), interpolation=down), (SIDE, SIDE), interpolation=up)


def rescale(image):
    return through(image, int(random.uniform(0.2, 1) * SIDE), random.choice(HOW), random.choice(HOW))


def photometric(image):
    changes = [ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color]
    random.shuffle(changes)
    picture = Image.fromarray(image)
    for change in changes:
        picture = change(picture).enhance(random.uniform(0.5, 1.5))
    return np.array(picture)


def blur(side):
    return lambda image: cv2.GaussianBlur(image, (side, side), 0.3 * ((side - 1) / 2 - 1) + 0.8)


def drawn_blur(image):
    return blur(random.choice([3, 7, 11, 15]))(image)


WORK = {
    "flip": lambda image: np.ascontiguousarray(image[:, ::-1]),
    "crop": crop,
    "rescale": rescale,
    **{
        f"  to 56 pixels and back, {name}": (lambda how: lambda image: through(image, 56, how, how))(how)
        for name, how in zip(["nearest", "bilinear", "area", "bicubic", "lanczos4"], HOW)
    },
    "photometric": photometric,
    "blur": drawn_blur,
    **{f"  by kernel {side}": blur(side) for side in [3, 7, 11, 15]},
}

y, x, c = np.mgrid[0:SIDE, 0:SIDE, 0:3]
faces = [(128 + 100 * np.sin(x / (5 + i % 7) + c) * np.cos(y / 9)).astype(np.uint8) for i in range(IMAGES)]
print(f"OpenCV {cv2.__version__}, Pillow {Image.__version__}")
for name, change in WORK.items():
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        for face in faces:
            change(face)
        times.append((time.perf_counter() - began) * 1000 / IMAGES)
    times = sorted(times[1:])
    print(f"{name:56} {statistics.median(times):.3f} ({times[0]:.3f} to {times[-1]:.3f})")

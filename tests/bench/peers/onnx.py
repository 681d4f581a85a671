"""onnxruntime's Python for `rxface bench embed --model FILE.onnx`: decoded images to embeddings by the same file.

Warms up, prints one JSON line {"ready": ...}, then times one block of batches for each line `BATCHES` on stdin and answers with
{"seconds": ..., "images": ..., "figures": {...}}: length, first and last number of the first image's embedding. Ends with its stdin.
"""
import argparse

import numpy as np
import onnxruntime

from turns import take_turns


def main():
    numbers = lambda text: np.array(text.split(","), np.float32)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--channels", choices=["rgb", "bgr"], default="rgb")
    parser.add_argument("--mean", type=numbers, default="127.5,127.5,127.5", help="of red, green, blue")
    parser.add_argument("--std", type=numbers, default="127.5,127.5,127.5")
    parser.add_argument("--warmup", type=int, default=2)
    options = parser.parse_args()
    session = onnxruntime.InferenceSession(options.model, providers=["CPUExecutionProvider"])
    taken, given = session.get_inputs()[0], session.get_outputs()[0]
    planes = taken.shape[1] == 3
    sides = [side if isinstance(side, int) else 112 for side in (taken.shape[2:] if planes else taken.shape[1:3])]
    at_once = taken.shape[0] if isinstance(taken.shape[0], int) and taken.shape[0] > 0 else options.batch
    # Noise that every language draws alike.
    places = np.arange(options.batch * sides[0] * sides[1] * 3, dtype=np.uint64)
    pixels = ((places * 2654435761 & 0xFFFFFFFF) >> 24).astype(np.uint8).reshape(-1, *sides, 3)
    plain = not options.mean.any() and (options.std == 1).all()

    def embed():
        parts = []
        for start in range(0, options.batch, at_once):
            x = pixels[start : start + at_once].astype(np.float32)
            if not plain:
                x = (x - options.mean) / options.std
            x = x[..., ::-1] if options.channels == "bgr" else x
            x = np.ascontiguousarray(x.transpose(0, 3, 1, 2) if planes else x)
            parts.append(session.run([given.name], {taken.name: x})[0])
        return np.concatenate(parts)

    for _ in range(options.warmup):
        first = embed()[0]
    figures = {"length": float(np.linalg.norm(first)), "first": float(first[0]), "last": float(first[-1])}

    def embedded(steps):
        for _ in range(steps):
            embed()
        return {"images": steps * options.batch, "figures": figures}

    take_turns(f"onnxruntime {onnxruntime.__version__}, Python", embedded)


main()

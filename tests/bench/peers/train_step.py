"""PyTorch's side of `rxface bench train` and `rxface bench embed`: the same work on random decoded images.

Warms up, prints one JSON line {"ready": ...}, then times one block of steps for each line `STEPS` that it reads on
stdin and answers with {"seconds": ..., "images": ..., "peakBytes": ...}: the most memory it has held. Ends with its stdin.
"""
import argparse

import numpy as np
import torch

from network import CosFace, Network, folded, pixels_to_input
from turns import peak, take_turns


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", choices=["train", "embed"], default="train")
    parser.add_argument("--model", default="ir18")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--embedding", type=int, default=512)
    parser.add_argument("--size", type=int, default=112)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--layout", choices=["channels_last", "contiguous"], default="channels_last")
    parser.add_argument("--cast", choices=["autocast", "weights"], default="autocast", help="of bfloat16")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warmup", type=int, default=2)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    layout = torch.channels_last if options.layout == "channels_last" else torch.contiguous_format
    network = Network(options.model, options.size, options.embedding).to(memory_format=layout)
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (options.batch, options.size, options.size, 3), dtype=np.uint8)
    short = options.precision == "bfloat16"
    autocast = torch.autocast("cpu", torch.bfloat16, enabled=short and options.cast == "autocast")

    if options.work == "train":
        head = CosFace(options.embedding, options.classes)
        labels = torch.from_numpy(random.integers(0, options.classes, options.batch))
        parameters = [*network.parameters(), *head.parameters()]
        optimiser = torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=5e-4)

        def step():
            with autocast:
                z = network(pixels_to_input(pixels, layout))
            loss = head(z.float(), labels)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            return loss.item()
    else:
        network = folded(network.eval())
        whole = short and options.cast == "weights"
        if whole:
            network = network.bfloat16()

        def step():
            with torch.inference_mode(), autocast:
                x = pixels_to_input(pixels, layout)
                return network(x.bfloat16() if whole else x).float().numpy()

    for _ in range(options.warmup):
        step()
    how = [options.layout] + ([{"autocast": "autocast", "weights": "weights in bfloat16"}[options.cast]] if short else [])

    def stepped(steps):
        for _ in range(steps):
            step()
        return {"images": steps * options.batch, "peakBytes": peak()}

    take_turns(", ".join([f"PyTorch {torch.__version__}", *how]), stepped)


main()

"""The recipe pipeline/recipes/celeba-bollywood.yaml in PyTorch, to run beside it on the same machine:

    python tests/bench/peers/celeba_bollywood.py DATA_ROOT

bfloat16 autocast, channels_last, all images decoded beforehand (that time is not counted). Prints a line an epoch:
LFW accuracy, seconds of training so far (validation aside) and images a second.
"""
import argparse
import math
import time

import numpy as np
import torch

from faces import accuracy, lfw, training_set
from network import CosFace, Network, pixels_to_input

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("root")
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--steps", type=int, help="end each epoch after so many steps (a trial)")
parser.add_argument("--precision", choices=["float32", "bfloat16"], default="bfloat16")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--seed", type=int, default=42)
options = parser.parse_args()

BATCH, LR, WARMUP, DECAY, CLIP = 64, 0.1, 200, 5e-4, 5.0
torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)
random = np.random.default_rng(options.seed)
autocast = torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16")

pixels, labels, classes = training_set(options.root)
print(f"{len(pixels)} images of {classes} people", flush=True)
test_pixels, pairs, same = lfw(options.root)

network = Network("ir10", embedding=256, dropout=0.4).to(memory_format=torch.channels_last)
head = CosFace(256, classes, s=32.0, m=0.35)
parameters = [*network.named_parameters(), *head.named_parameters()]
# Weights are what has more than one axis: not batch norm, PReLU and the bias.
groups = [
    {"params": [p for _, p in parameters if p.ndim > 1], "weight_decay": DECAY},
    {"params": [p for _, p in parameters if p.ndim <= 1], "weight_decay": 0.0},
]
optimiser = torch.optim.SGD(groups, lr=LR, momentum=0.9)


def score():
    network.eval()
    rows = []
    with torch.inference_mode(), autocast:
        for at in range(0, len(test_pixels), 128):
            x = pixels_to_input(test_pixels[at : at + 128], torch.channels_last)
            rows.append((network(x).float() + network(x.flip(3)).float()).numpy())
    network.train()
    return accuracy(np.concatenate(rows), pairs, same)


print(f"untrained: LFW {100 * score():.2f} %", flush=True)
epoch_steps = len(pixels) // BATCH
total = epoch_steps * options.epochs
step, trained = 0, 0.0
for epoch in range(options.epochs):
    order = random.permutation(len(pixels))
    start, first = time.perf_counter(), step
    for at in range(min(epoch_steps, options.steps or epoch_steps)):
        chosen = order[at * BATCH : (at + 1) * BATCH]
        batch = pixels[chosen]
        mirrored = random.random(BATCH) < 0.5
        batch[mirrored] = batch[mirrored, :, ::-1]
        step += 1
        warm, rest = step / WARMUP, (step - WARMUP) / max(1, total - WARMUP)
        rate = LR * (warm if step <= WARMUP else 0.5 * (1 + math.cos(math.pi * rest)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        with autocast:
            z = network(pixels_to_input(batch, torch.channels_last))
        loss = head(z.float(), torch.from_numpy(labels[chosen]))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for _, p in parameters], CLIP)
        optimiser.step()
        value = loss.item()
    seconds = time.perf_counter() - start
    trained += seconds
    print(
        f"epoch {epoch + 1}: loss {value:.3f}, LFW {100 * score():.2f} %, {trained:.0f} s, "
        f"{(step - first) * BATCH / seconds:.0f} images/s",
        flush=True,
    )

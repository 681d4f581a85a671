"""AdaFace's IR networks with a CosFace head in plain PyTorch: what the benchmarks compare with."""
import torch
from torch import nn
from torch.nn import functional as F

UNITS = {
    "ir10": (1, 1, 1, 1),
    "ir18": (2, 2, 2, 2),
    "ir34": (3, 4, 6, 3),
    "ir50": (3, 4, 14, 3),
    "ir101": (3, 13, 30, 3),
}
WIDTHS = {"ir10": (16, 32, 64, 128)}


class Block(nn.Module):
    def __init__(self, inside, out, stride):
        super().__init__()
        if inside == out:
            self.shortcut_layer = nn.MaxPool2d(1, stride)
        else:
            self.shortcut_layer = nn.Sequential(nn.Conv2d(inside, out, 1, stride, bias=False), nn.BatchNorm2d(out))
        self.res_layer = nn.Sequential(
            nn.BatchNorm2d(inside),
            nn.Conv2d(inside, out, 3, 1, 1, bias=False),
            nn.BatchNorm2d(out),
            nn.PReLU(out),
            nn.Conv2d(out, out, 3, stride, 1, bias=False),
            nn.BatchNorm2d(out),
        )

    def forward(self, x):
        return self.res_layer(x) + self.shortcut_layer(x)


class Network(nn.Module):
    def __init__(self, name, size=112, embedding=512, dropout=0.4):
        super().__init__()
        widths = WIDTHS.get(name, (64, 128, 256, 512))
        blocks, inside = [], widths[0]
        for width, units in zip(widths, UNITS[name]):
            for unit in range(units):
                blocks.append(Block(inside, width, 2 if unit == 0 else 1))
                inside = width
        self.input_layer = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, 1, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.PReLU(widths[0])
        )
        self.body = nn.Sequential(*blocks)
        side = size // 16
        self.output_layer = nn.Sequential(
            nn.BatchNorm2d(inside),
            nn.Dropout(dropout),
            nn.Flatten(),
            nn.Linear(inside * side * side, embedding),
            nn.BatchNorm1d(embedding, affine=False),
        )
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x):
        return self.output_layer(self.body(self.input_layer(x)))


class CosFace(nn.Module):
    def __init__(self, embedding, classes, s=64.0, m=0.35):
        super().__init__()
        kernel = torch.empty(embedding, classes).uniform_(-1, 1)
        self.kernel = nn.Parameter(kernel / kernel.norm(dim=0))
        self.s, self.m = s, m

    def forward(self, z, labels):
        cos = (F.normalize(z) @ F.normalize(self.kernel, dim=0)).clamp(-1 + 1e-4, 1 - 1e-4)
        rows = torch.arange(len(labels))
        bent = cos.index_put((rows, labels), cos[rows, labels] - self.m)
        return F.cross_entropy(self.s * bent, labels)


def folded(network):
    """The network for inference, each batch norm behind a convolution folded into it (its values unchanged)."""
    for module in list(network.modules()):
        if not isinstance(module, nn.Sequential):
            continue
        for i in range(len(module) - 1):
            if isinstance(module[i], nn.Conv2d) and isinstance(module[i + 1], nn.BatchNorm2d):
                module[i] = nn.utils.fuse_conv_bn_eval(module[i], module[i + 1])
                module[i + 1] = nn.Identity()
    return network


def pixels_to_input(pixels, layout):
    """uint8 [N, H, W, 3] to float [N, 3, H, W] in [-1, 1]."""
    x = torch.from_numpy(pixels).permute(0, 3, 1, 2)
    x = x.contiguous() if layout == torch.contiguous_format else x
    return x.float().div_(127.5).sub_(1)

import { OptionError } from '../../pipeline/errors.ts';
import type { Architecture } from '../../pipeline/manifest.ts';
import { BatchNorm } from './batchNorm.ts';
import { Cast } from './cast.ts';
import { Conv } from './conv.ts';
import { Dropout } from './dropout.ts';
import { Flatten } from './flatten.ts';
import type { Precision } from './kernels/cast.ts';
import type { Layer } from './layer.ts';
import { Linear } from './linear.ts';
import { Recomputed } from './recomputed.ts';
import { Residual } from './residual.ts';
import { Sequential } from './sequential.ts';
import { SqueezeExcite } from './squeezeExcite.ts';
import { Subsample } from './subsample.ts';

export type { Architecture };

const FAMILY = {
  ir10: { units: [1, 1, 1, 1], widths: [16, 32, 64, 128] },
  ir18: { units: [2, 2, 2, 2], widths: [64, 128, 256, 512] },
  ir34: { units: [3, 4, 6, 3], widths: [64, 128, 256, 512] },
  ir50: { units: [3, 4, 14, 3], widths: [64, 128, 256, 512] },
  ir101: { units: [3, 13, 30, 3], widths: [64, 128, 256, 512] },
} as const;
export type ArchitectureName = keyof typeof FAMILY;

/**
 * A member of the family, with what `options` say otherwise.
 * Defaults are AdaFace's: embedding 512, 112x112, dropout 0.4, BGR in [-1, 1]; ir10 is a small network for small machines.
 *
 * ```ts
 * architecture('ir18', { squeezeExcite: true, size: [32, 32] });
 * ```
 *
 * @throws OptionError where an option is out of bounds
 */
export function architecture(name: ArchitectureName, options: Partial<Architecture> = {}): Architecture {
  const member = FAMILY[name] as (typeof FAMILY)[ArchitectureName] | undefined;
  if (member === undefined)
    throw new OptionError('architecture', 'name', `one of ${Object.keys(FAMILY).join(', ')}`, name);
  const chosen: Architecture = {
    name,
    units: [...member.units],
    widths: [...member.widths],
    squeezeExcite: false,
    embedding: 512,
    size: [112, 112],
    dropout: 0.4,
    input: { channels: 'bgr', mean: 0.5, std: 0.5 },
    ...options,
  };
  check(chosen);
  return chosen;
}

/** The member of the family with so many blocks a stage. */
export function architectureNamed(units: readonly number[]): ArchitectureName | undefined {
  const names = Object.keys(FAMILY) as ArchitectureName[];
  return names.find((name) => FAMILY[name].units.join() === units.join());
}

function check({ units, widths, shortcut = 'subsample', embedding, size, dropout, input }: Architecture): void {
  demand(units.length > 0 && counts(units), 'units', 'whole numbers of at least 1, one a stage', units);
  demand(widths.length === units.length && counts(widths), 'widths', `${units.length} whole numbers of at least 1`, widths); // prettier-ignore
  demand(['subsample', 'convolution'].includes(shortcut), 'shortcut', "'subsample' or 'convolution'", shortcut);
  demand(counts([embedding]), 'embedding', 'a whole number of at least 1', embedding);
  demand(size.length === 2 && counts(size), 'size', 'two whole numbers of at least 1', size);
  demand(dropout >= 0 && dropout < 1, 'dropout', 'a number in [0, 1)', dropout);
  demand(['rgb', 'bgr'].includes(input.channels), 'input.channels', "'rgb' or 'bgr'", input.channels);
  demand(input.std > 0 && Number.isFinite(input.mean), 'input.std', 'a positive number', input.std);
}

/** Whether these are whole numbers of at least 1. */
function counts(list: readonly number[]): boolean {
  return list.every((value) => Number.isInteger(value) && value >= 1);
}

function demand(holds: boolean, option: string, expected: string, received: unknown): void {
  if (!holds) throw new OptionError('architecture', option, expected, received);
}

/**
 * The backbone: pixels [N, H, W, 3] to the un-normalised embedding z [N, D] (face-training 2.1, AdaFace net.py).
 * Layers carry the names of the AdaFace repository's parameters.
 *
 * In bfloat16 the pixels come in as such, and maps and convolutions are such up to the output layer; parameters, their
 * gradients, statistics and the output layer are float32.
 *
 * @param options.recompute of the stem and of each block only the input is kept for backward; the rest is computed once more
 */
export function iresnet(
  architecture: Architecture,
  precision: Precision = 'float32',
  { recompute = false }: { recompute?: boolean } = {},
): Layer {
  const { widths, squeezeExcite, embedding, size, dropout } = architecture;
  const narrow = precision !== 'float32';
  const stem = widths[0]!;
  const kept = (layer: Layer): Layer => (recompute ? new Recomputed(layer) : layer);
  const gate = (name: string, channels: number): Layer[] => {
    if (!squeezeExcite) return [];
    const layer = new SqueezeExcite(name, { channels });
    return narrow ? [new Cast('bfloat16', 'float32'), layer, new Cast('float32', 'bfloat16')] : [layer];
  };
  const depth = widths.at(-1)!;
  const halved = (rows: number): number => widths.reduce((left) => Math.ceil(left / 2), rows);
  const map = [halved(size[0]), halved(size[1]), depth] as const; // [7, 7, 512] of 112x112
  const input = [
    new Conv('input_layer.0', { in: 3, out: stem, kernel: 3, stride: 1 }), // [N, H, W, 64]
    new BatchNorm('input_layer.1', { channels: stem, prelu: 'input_layer.2' }),
  ];
  const network = new Sequential([
    ...(recompute ? [kept(new Sequential(input))] : input),
    ...blocksOf(architecture).map((one) => kept(block(one, gate))), // [N, 7, 7, 512]
    ...(narrow ? [new Cast('bfloat16', 'float32')] : []),
    new BatchNorm('output_layer.0', { channels: depth }),
    new Dropout('output_layer.1', { rate: dropout }),
    new Flatten(map), // [N, 25088]
    new Linear('output_layer.3', { map, out: embedding }), // [N, 512]
    new BatchNorm('output_layer.4', { channels: embedding, affine: false }),
  ]);
  network.outShape([...size, 3]);
  return network;
}

/** A residual block: channels in and out; the stride sits on its second convolution. */
export interface Block {
  name: string;
  input: number;
  out: number;
  stride: 1 | 2;
  /** Whether a convolution goes around it. */
  across: boolean;
}

/** The blocks of the body, in order; the first of each stage halves the map. */
export function blocksOf({ units, widths, shortcut }: Architecture): Block[] {
  const blocks: Block[] = [];
  let input = widths[0]!;
  for (const [stage, out] of widths.entries()) {
    for (let unit = 0; unit < units[stage]!; unit++) {
      const stride = unit === 0 ? 2 : 1;
      const across = input !== out || (stride === 2 && shortcut === 'convolution');
      blocks.push({ name: `body.${blocks.length}`, input, out, stride, across });
      input = out;
    }
  }
  return blocks;
}

function block({ name, input, out, stride, across }: Block, gate: (name: string, channels: number) => Layer[]): Layer {
  const branch = new Sequential([
    new BatchNorm(`${name}.res_layer.0`, { channels: input }),
    new Conv(`${name}.res_layer.1`, { in: input, out, kernel: 3, stride: 1 }),
    new BatchNorm(`${name}.res_layer.2`, { channels: out, prelu: `${name}.res_layer.3` }),
    new Conv(`${name}.res_layer.4`, { in: out, out, kernel: 3, stride }),
    new BatchNorm(`${name}.res_layer.5`, { channels: out }),
    ...gate(`${name}.res_layer.se_block`, out),
  ]);
  if (!across) return new Residual(branch, stride === 1 ? null : new Subsample());
  const shortcut = new Sequential([
    new Conv(`${name}.shortcut_layer.0`, { in: input, out, kernel: 1, stride }),
    new BatchNorm(`${name}.shortcut_layer.1`, { channels: out }),
  ]);
  return new Residual(branch, shortcut);
}

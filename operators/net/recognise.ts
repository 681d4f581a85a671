import type { StateArray, StateMap } from '../../pipeline/contracts.ts';
import { RxfaceError } from '../../pipeline/errors.ts';
import { architecture, architectureNamed, iresnet, type Architecture } from './iresnet.ts';
import { EPSILON } from './kernels/batchNorm.ts';
import { torchShape, WeightsError } from './weights.ts';

type Input = Architecture['input'];

/** How a repository saves its networks: what stands before its keys tells whose they are, and the rest follows. */
interface Layout {
  name: string;
  before: RegExp;
  /** AdaFace's names, or those of insightface's iresnet, which is another graph. */
  names: 'adaface' | 'insightface';
  input: Input;
  /** Of its batch norms. */
  epsilon: number;
}

const RGB: Input = { channels: 'rgb', mean: 0.5, std: 0.5 };
const BGR: Input = { channels: 'bgr', mean: 0.5, std: 0.5 };
/** face-training 2.4. */
const LAYOUTS: readonly Layout[] = [
  { name: 'AdaFace', before: /^(model\.)?$/, names: 'adaface', input: BGR, epsilon: 1e-5 },
  { name: 'CVLface', before: /^(model\.)?net\.$/, names: 'adaface', input: RGB, epsilon: 1e-5 },
  { name: 'insightface', before: /^(module\.)?$/, names: 'insightface', input: RGB, epsilon: 1e-5 },
  {
    name: 'MagFace',
    before: /^(module\.features\.|features\.module\.)$/,
    names: 'insightface',
    input: { channels: 'bgr', mean: 0, std: 1 },
    epsilon: 2e-5,
  },
];

/** A network of another repository, as one of this family. */
export interface Recognised {
  /** 'AdaFace', 'CVLface', 'insightface' or 'MagFace'. */
  layout: string;
  architecture: Architecture;
  /** By AdaFace's names, in PyTorch's layouts. */
  weights: StateMap;
  /** Keys that are not of the backbone: a head's. */
  leftOut: readonly string[];
}

/**
 * Recognises by its keys whose network a state dict is (AdaFace, CVLface, insightface's arcface_torch, MagFace), and turns it
 * into one of this family.
 *
 * In plain words: the same network goes by other names, with other channel order and range, in each repository; this knows them apart.
 *
 * Where the graphs differ, insightface's extra convolution around the first block is kept (`architecture.shortcut`); scale and shift of
 * its last batch norm go into the layer before it, and MagFace's larger epsilon into the variances: the embeddings are the same.
 *
 * ```ts
 * const saved = createModel(architecture('ir10'), { seed: 7 }).save(); // as AdaFace names them
 * const found = recognise(saved);
 * const mine = emptyModel(found.architecture, { precision: 'float32' });
 * mine.load(found.weights);
 * ```
 *
 * @param options.channels where something beside the file says so (CVLface's config); else as the repository has them
 * @throws RxfaceError where the keys are of no layout known; WeightsError with every key that is missing, unexpected or of another shape
 */
export function recognise(given: StateMap, { channels }: { channels?: Input['channels'] } = {}): Recognised {
  const { layout, prefix } = layoutOf(given);
  const inside = new Map(
    Object.entries(given)
      .filter(([key]) => key.startsWith(prefix) && !key.startsWith('head.'))
      .map(([key, array]) => [key.slice(prefix.length), array]),
  );
  const found = architectureOf(inside, { ...layout, input: { ...layout.input, ...(channels && { channels }) } });
  const theirs = layout.names === 'adaface' ? (name: string) => name : insightfaceNames(found.units);
  const last = layout.names === 'insightface' ? lastAffine(inside, found.embedding) : undefined;
  const weights = renamed(found, inside, theirs, prefix);
  shiftVariances(weights, layout.epsilon - EPSILON);
  if (last) foldAffine(weights, last);
  const leftOut = Object.keys(given).filter((key) => !key.startsWith(prefix) || key.startsWith('head.'));
  return { layout: layout.name, architecture: found, weights, leftOut };
}

function layoutOf(given: StateMap): { layout: Layout; prefix: string } {
  const keys = Object.keys(given);
  for (const layout of LAYOUTS) {
    const first = layout.names === 'adaface' ? 'input_layer.0.weight' : 'conv1.weight';
    const prefixes = keys.filter((key) => key.endsWith(first)).map((key) => key.slice(0, -first.length));
    const prefix = prefixes.find((one) => layout.before.test(one));
    if (prefix !== undefined) return { layout, prefix };
  }
  const some = keys.slice(0, 3).join(', ');
  throw new RxfaceError(
    `no network of ${LAYOUTS.map(({ name }) => name).join(', ')}: the first of its ${keys.length} keys are ${some}`,
  );
}

function architectureOf(inside: ReadonlyMap<string, StateArray>, { names, input }: Layout): Architecture {
  const shape = (name: string): readonly number[] => inside.get(name)?.shape ?? [];
  const [units, widths]: [number[], number[]] = [[], []];
  const block = (index: number): readonly number[] => shape(`body.${index}.res_layer.1.weight`);
  for (let index = 0; block(index).length > 0; index++) {
    const [out, into] = block(index);
    if (index === 0 || out !== into) {
      units.push(0);
      widths.push(out!);
    }
    units[units.length - 1]!++;
  }
  const unit = (stage: number, index: number): readonly number[] => shape(`layer${stage}.${index}.conv1.weight`);
  for (let stage = 1; unit(stage, 0).length > 0; stage++) {
    widths.push(unit(stage, 0)[0]!);
    units.push(0);
    while (unit(stage, units[stage - 1]!).length > 0) units[stage - 1]!++;
  }
  const name = architectureNamed(units);
  if (name === undefined) throw new RxfaceError(`a network of ${units.join(', ') || 'no'} blocks a stage is not known`);
  const [embedding = 0, flat = 0] = shape(names === 'adaface' ? 'output_layer.3.weight' : 'fc.weight');
  const side = Math.sqrt(flat / widths.at(-1)!) * 2 ** units.length;
  return architecture(name, {
    widths,
    embedding,
    size: [side, side],
    input,
    squeezeExcite: inside.has('body.0.res_layer.se_block.fc1.weight'),
    ...(names === 'insightface' && { shortcut: 'convolution' as const }),
  });
}

/** From AdaFace's names to those of insightface's iresnet. */
function insightfaceNames(units: readonly number[]): (name: string) => string {
  const ends: Record<string, string> = {
    'input_layer.0': 'conv1',
    'input_layer.1': 'bn1',
    'input_layer.2': 'prelu',
    'output_layer.0': 'bn2',
    'output_layer.3': 'fc',
    'output_layer.4': 'features',
  };
  const parts = ['bn1', 'conv1', 'bn2', 'prelu', 'conv2', 'bn3'];
  const places = units.flatMap((count, stage) => Array.from({ length: count }, (_, i) => `layer${stage + 1}.${i}`));
  return (name) => {
    const [, layer, field] = /^(.*)\.(\w+)$/.exec(name)!;
    const [, index, part, at] = /^body\.(\d+)\.(\w+)\.(\d+)$/.exec(layer!) ?? [];
    if (index === undefined) return `${ends[layer!]}.${field}`;
    return `${places[Number(index)]}.${part === 'res_layer' ? parts[Number(at)] : `downsample.${at}`}.${field}`;
  };
}

type FloatMap = Record<string, { shape: readonly number[]; data: Float32Array }>;

/** The arrays by our names, each checked; those of `inside` are used up. */
function renamed(
  found: Architecture,
  inside: Map<string, StateArray>,
  theirs: (name: string) => string,
  prefix: string,
): FloatMap {
  const weights: FloatMap = {};
  const missing: string[] = [];
  const wrong: string[] = [];
  for (const spec of iresnet(found).params) {
    const name = theirs(spec.name);
    const array = inside.get(name);
    inside.delete(name);
    const shape = torchShape(spec);
    if (array === undefined) missing.push(prefix + name);
    else if (array.shape.join() !== shape.join())
      wrong.push(`${prefix}${name}: expected [${shape.join(', ')}], received [${array.shape.join(', ')}]`);
    else weights[spec.name] = { shape, data: Float32Array.from(array.data) };
  }
  const left = [...inside.keys()].filter((key) => !key.endsWith('.num_batches_tracked')).map((key) => prefix + key);
  if (missing.length + left.length + wrong.length > 0) throw new WeightsError(missing, left, wrong);
  return weights;
}

/** Scale and shift of the last batch norm [D], which the AdaFace graph has not; absent ones are 1 and 0. */
function lastAffine(
  inside: Map<string, StateArray>,
  size: number,
): { scale: StateArray['data']; shift: StateArray['data'] } {
  const [scale, shift] = (['weight', 'bias'] as const).map((field, i) => {
    const array = inside.get(`features.${field}`);
    // Of another length it stays behind, among what is unexpected.
    if (array?.shape.join() === String(size)) inside.delete(`features.${field}`);
    return array?.data ?? new Float32Array(size).fill(1 - i);
  });
  return { scale: scale!, shift: shift! };
}

/** Variances of another epsilon than ours: variance + epsilon stays what it was. */
function shiftVariances(weights: FloatMap, by: number): void {
  for (const [name, { data }] of Object.entries(weights))
    if (by !== 0 && name.endsWith('.running_var')) for (let i = 0; i < data.length; i++) data[i]! += by;
}

/** scale (W x + c - mean) / s + shift is (scale W x + scale c - (scale mean - shift s)) / s. */
function foldAffine(weights: FloatMap, { scale, shift }: ReturnType<typeof lastAffine>): void {
  const [linear, bias] = [weights['output_layer.3.weight']!.data, weights['output_layer.3.bias']!.data];
  const [mean, variance] = (['running_mean', 'running_var'] as const).map(
    (name) => weights[`output_layer.4.${name}`]!.data,
  );
  const columns = linear.length / scale.length;
  for (const [row, factor] of scale.entries()) {
    for (let i = row * columns; i < (row + 1) * columns; i++) linear[i]! *= factor;
    bias[row]! *= factor;
    mean![row] = factor * mean![row]! - shift[row]! * Math.sqrt(variance![row]! + EPSILON);
  }
}

import { dirname, join } from 'node:path';
import {
  architecture,
  createModel,
  emptyModel,
  OnnxModel,
  recognise,
  WeightsError,
  type Architecture,
  type ArchitectureName,
  type Embedder,
  type Model,
  type Recognised,
} from 'rxface/operators';
import { readWeights, type Weights } from 'rxface/sources';
import { FormatError, OptionError, RxfaceError } from '../errors.ts';
import { exists, readText } from '../files/read.ts';
import { architectureIn, MANIFEST_FILE, type Manifest } from '../manifest.ts';

/** Of maps and convolutions. */
type Precision = Model['precision'];

/** A model from the disk, ready to embed. The caller disposes `model`. */
export interface LoadedModel {
  model: Model;
  /** The checkpoint folder or file it came from. */
  path: string;
  /** Absent for a file that lies alone. */
  manifest?: Manifest;
  /** Of a file that does not say what network it holds: what was recognised. */
  recognised?: string;
}

/**
 * Loads a model: of a run folder the newest valid checkpoint, of a checkpoint folder that one, a .safetensors file, or a PyTorch
 * checkpoint of AdaFace (.ckpt), CVLface (model.pt, .safetensors), insightface's arcface_torch (.pt) or MagFace (.pth).
 *
 * The engine must have been started.
 *
 * @throws FileError, FormatError where there is none, it is damaged or calls anything; WeightsError where the weights do not fit;
 *   RxfaceError where it is nobody's known network; EngineError where `precision` is bfloat16 and that is not fast here
 */
export async function loadModel(path: string, precision: Precision = 'float32'): Promise<LoadedModel> {
  const { weights, architecture: known, ...found } = await namedWeights(path);
  const { name, ...options } = known;
  const model = emptyModel(architecture(name as ArchitectureName, options), { precision });
  model.load(backboneOf(weights));
  return { model, ...found };
}

/** Weights by AdaFace's names and the network they are of, whoever saved them. */
export async function namedWeights(
  path: string,
): Promise<Pick<Weights, 'path' | 'weights' | 'manifest'> & { architecture: Architecture; recognised?: string }> {
  const { metadata, ...found } = await readWeights(path);
  const known = found.manifest?.architecture ?? architectureIn(metadata, found.path);
  if (known !== undefined) return { ...found, architecture: known };
  try {
    const theirs = recognise(found.weights, await colourSpaceBeside(found.path));
    return { ...found, ...theirs, recognised: `${path}: ${recognisedText(theirs)}` };
  } catch (error) {
    if (!(error instanceof RxfaceError) || error instanceof WeightsError) throw error;
    throw new FormatError(found.path, undefined, `an architecture in the file, in a ${MANIFEST_FILE} beside it or in its keys; ${error.message}`); // prettier-ignore
  }
}

/** CVLface writes into a config beside the weights in which order its network takes the channels. */
async function colourSpaceBeside(file: string): Promise<{ channels?: 'rgb' | 'bgr' }> {
  for (const name of ['model.yaml', 'config.json']) {
    const beside = join(dirname(file), name);
    const text = (await exists(beside)) ? await readText(beside) : '';
    const [, space] = /color_space\W+(RGB|BGR)\b/.exec(text) ?? [];
    if (space !== undefined) return { channels: space === 'RGB' ? 'rgb' : 'bgr' };
  }
  return {};
}

/** 'MagFace's layout: ir18, convolutions as shortcuts, 112x112 BGR, (v / 255 - 0) / 1, embedding 512; left out: fc.weight'. */
function recognisedText({ layout, architecture: found, leftOut }: Recognised): string {
  const { name, size, input, embedding, squeezeExcite, shortcut } = found;
  const graph = [
    name,
    ...(squeezeExcite ? ['squeeze and excite'] : []),
    shortcut === 'convolution' ? 'convolutions as shortcuts' : 'plain shortcuts',
    `${size.join('x')} ${input.channels.toUpperCase()} as (v / 255 - ${input.mean}) / ${input.std}`,
    `embedding ${embedding}`,
  ].join(', ');
  return `the layout of ${layout}: ${graph}${leftOut.length > 0 ? `; left out: ${leftOut.join(', ')}` : ''}`;
}

export interface ModelOptions {
  /** Default 'float32'; nothing else for an ONNX network. */
  precision?: Precision;
  /** How an ONNX network takes its pixels; see `onnxInput`. */
  input?: string | undefined;
}

/** As loadModel, or an ONNX recogniser, or for 'untrained:ir10' a network that has learned nothing: what any figure should be held against. */
export async function modelOf(
  path: string,
  say: (line: string) => void,
  { precision = 'float32', input }: ModelOptions = {},
): Promise<Embedder> {
  if (path.endsWith('.onnx')) {
    if (precision !== 'float32') throw new OptionError('model', 'precision', 'float32 for an ONNX network', precision);
    const model = await OnnxModel.open(path, input);
    say(`rxface: ${model.recognised}`);
    return model;
  }
  if (input !== undefined)
    throw new OptionError('model', 'input', 'left out: only an ONNX file does not say how it takes its pixels', input);
  const [, name] = /^untrained:(.*)$/.exec(path) ?? [];
  if (name === undefined) {
    const { model, recognised } = await loadModel(path, precision);
    if (recognised !== undefined) say(`rxface: ${recognised}`);
    return model;
  }
  const model = createModel(architecture(name as ArchitectureName, { embedding: 256 }), { seed: 42, precision });
  say(`rxface: ${path} is an untrained ${name} of seed 42, embedding 256: its figures are what chance and pixels give`);
  return model;
}

/** The arrays of the backbone: all but those of the head, which only training needs. */
export function backboneOf<T>(weights: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(weights).filter(([name]) => !name.startsWith('head.')));
}

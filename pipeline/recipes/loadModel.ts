import { architecture, createModel, type ArchitectureName, type Model } from 'rxface/operators';
import { readWeights } from 'rxface/sources';
import { FormatError } from '../errors.ts';
import { architectureIn, type Manifest } from '../manifest.ts';

/** Of maps and convolutions. */
type Precision = Model['precision'];

/** A model from the disk, ready to embed. The caller disposes `model`. */
export interface LoadedModel {
  model: Model;
  /** The checkpoint folder or file it came from. */
  path: string;
  /** Absent for a file that lies alone. */
  manifest?: Manifest;
}

/**
 * Loads a model: of a run folder the newest valid checkpoint, of a checkpoint folder that one, or a .safetensors file.
 *
 * The engine must have been started.
 *
 * @throws FileError, FormatError where there is none or it is damaged; WeightsError where the weights do not fit;
 *   EngineError where `precision` is bfloat16 and that is not fast here
 */
export async function loadModel(path: string, precision: Precision = 'float32'): Promise<LoadedModel> {
  const found = await readWeights(path);
  const known = found.manifest?.architecture ?? architectureIn(found.metadata, found.path);
  if (known === undefined) {
    throw new FormatError(found.path, undefined, 'an architecture in the file or in a manifest.json beside it');
  }
  const { name, ...options } = known;
  const model = createModel(architecture(name as ArchitectureName, options), { seed: 0, precision });
  try {
    model.load(backboneOf(found.weights));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, path: found.path, ...(found.manifest && { manifest: found.manifest }) };
}

/** As loadModel, or for 'untrained:ir10' a network that has learned nothing: what any figure should be held against. */
export async function modelOf(
  path: string,
  say: (line: string) => void,
  precision: Precision = 'float32',
): Promise<Model> {
  const [, name] = /^untrained:(.*)$/.exec(path) ?? [];
  if (name === undefined) return (await loadModel(path, precision)).model;
  const model = createModel(architecture(name as ArchitectureName, { embedding: 256 }), { seed: 42, precision });
  say(`rxface: ${path} is an untrained ${name} of seed 42, embedding 256: its figures are what chance and pixels give`);
  return model;
}

/** The arrays of the backbone: all but those of the head, which only training needs. */
export function backboneOf<T>(weights: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(weights).filter(([name]) => !name.startsWith('head.')));
}

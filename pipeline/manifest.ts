import { createHash } from 'node:crypto';
import { FormatError } from './errors.ts';

/** Version of the checkpoint layout that is written. */
export const CHECKPOINT_FORMAT = 1;
export const MODEL_FILE = 'model.safetensors';
export const STATE_FILE = 'state.safetensors';
export const MANIFEST_FILE = 'manifest.json';

/** A network of the AdaFace IR family in full: what it is besides its weights, enough to build it again. */
export interface Architecture {
  /** 'ir10', 'ir18', ... */
  name: string;
  /** Residual blocks a stage; the first of each stage has stride 2. */
  units: number[];
  /** Channels a stage; the stem has those of the first. */
  widths: number[];
  squeezeExcite: boolean;
  /** How a block of stride 2 whose width does not change is gone around: every other pixel (AdaFace; default), or a convolution of 1x1 and its batch norm (insightface). */
  shortcut?: 'subsample' | 'convolution';
  /** Length of the embedding. */
  embedding: number;
  /** [height, width] of the input in pixels. */
  size: [number, number];
  /** Probability of a zero before the last linear layer, in training. */
  dropout: number;
  /** Order of the channels and their range: (v / 255 - mean) / std for a byte v. */
  input: { channels: 'rgb' | 'bgr'; mean: number; std: number };
}

/** What lies beside the weights in a checkpoint folder, as manifest.json. */
export interface Manifest {
  format: typeof CHECKPOINT_FORMAT;
  architecture: Architecture;
  classes: { count: number; sha256: string };
  /** Images of an epoch's source: order, epochs and schedule follow from their number. */
  images: number;
  /** Updates done. */
  step: number;
  epoch: number;
  /** Samples consumed in that epoch. */
  position: number;
  /** Part of the training it was written in. */
  phase: string;
  seed: number;
  engine: { backend: string; tensorflow: string | null };
  /** The resolved config of the run. */
  config: unknown;
  /** sha256 of every other file of the folder, by name. */
  files: Record<string, string>;
}

/** A checkpoint of another format than the one that is read here. It is not damaged: nobody may pass over it. */
export class CheckpointFormatError extends FormatError {
  constructor(file: string, found: number) {
    const writer = found < CHECKPOINT_FORMAT ? 'an older rxface wrote it' : 'a newer rxface wrote it';
    super(file, undefined, `checkpoint format ${CHECKPOINT_FORMAT}, the one this rxface reads (${writer})`, found);
  }
}

/** The text of manifest.json: its last field is the sha256 of all the others. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, sha256: sealOf(manifest) }, null, 2)}\n`;
}

function sealOf(manifest: object): string {
  return sha256(JSON.stringify(manifest));
}

/** What a run knows and a step does not; with a snapshot it makes a manifest. */
export type RunFacts = Omit<Manifest, 'format' | 'step' | 'epoch' | 'position' | 'files'>;

/** What model.safetensors says of itself, so that the file alone is enough to load the network. */
export function modelMetadata({ architecture }: Pick<Manifest, 'architecture'>): Record<string, string> {
  return { architecture: JSON.stringify(architecture) };
}

/** The architecture that a weights file says of itself; undefined where it says none. */
export function architectureIn(metadata: Readonly<Record<string, string>>, file: string): Architecture | undefined {
  const text = metadata['architecture'];
  if (text === undefined) return undefined;
  const found = parseObject(text) as Architecture | undefined;
  if (!isArchitecture(found)) throw new FormatError(file, undefined, 'an architecture in its metadata', text);
  return found;
}

/** sha256 of bytes or UTF-8 text, in hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** As {@link sha256}, of bytes that come in parts. */
export async function sha256OfParts(parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of parts)
    for (let at = 0; at < part.length; at += HASHED) hash.update(part.subarray(at, at + HASHED));
  return hash.digest('hex');
}

/** Bytes hashed at once: Node refuses 2 GiB and more. */
const HASHED = 2 ** 26;

/** What tells one list of people from another: their number and the hash of their names in label order. */
export function classesOf(names: readonly string[]): Manifest['classes'] {
  return { count: names.length, sha256: sha256(names.join('\n')) };
}

/** Folder of the checkpoint after `step` updates: 'step-00000400'. */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(8, '0')}`;
}

/** Number of updates in such a name, undefined for other names. */
export function checkpointStep(name: string): number | undefined {
  const digits = /^step-(\d{8,})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Reads manifest.json.
 *
 * @param file name for messages
 * @throws CheckpointFormatError where it is of another format; FormatError where it is no JSON, has changed since it was
 *   written, or lacks a field
 */
export function parseManifest(text: string, file: string): Manifest {
  const whole = parseObject(text) as (Partial<Manifest> & { sha256?: string }) | undefined;
  if (whole === undefined) throw new FormatError(file, undefined, 'a checkpoint manifest, a JSON object');
  const { sha256: seal, ...found } = whole;
  const format: unknown = found.format;
  if (Number.isSafeInteger(format) && format !== CHECKPOINT_FORMAT)
    throw new CheckpointFormatError(file, format as number);
  if (format !== CHECKPOINT_FORMAT)
    throw new FormatError(file, undefined, `checkpoint format ${CHECKPOINT_FORMAT}`, format);
  // Checkpoints from before manifests were sealed have none.
  if (seal !== undefined && seal !== sealOf(found))
    throw new FormatError(file, undefined, `a manifest of sha256 ${seal}`, sealOf(found));
  const count = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const isText = (value: unknown): boolean => typeof value === 'string';
  const checks: [field: string, right: boolean][] = [
    ['architecture', isArchitecture(found.architecture)],
    ['classes', count(found.classes?.count) && isText(found.classes?.sha256)],
    ['images', count(found.images)],
    ['step', count(found.step)],
    ['epoch', count(found.epoch)],
    ['position', count(found.position)],
    ['seed', count(found.seed)],
    ['engine', isText(found.engine?.backend)],
    ['files', Object.values(found.files ?? { none: 0 }).every((hash) => /^[0-9a-f]{64}$/.test(String(hash)))],
  ];
  const wrong = checks.filter(([, right]) => !right).map(([field]) => field);
  if (wrong.length > 0) throw new FormatError(file, undefined, `a manifest with a valid ${wrong.join(', ')}`);
  return found as Manifest;
}

/** Fields and their kinds; what values a network can have, whoever builds it checks. */
function isArchitecture(value: Architecture | undefined): value is Architecture {
  const whole = (list: unknown): boolean => Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n > 0);
  return (
    typeof value?.name === 'string' &&
    [value.units, value.widths, value.size, [value.embedding]].every(whole) &&
    typeof value.dropout === 'number' &&
    typeof value.squeezeExcite === 'boolean' &&
    [undefined, 'subsample', 'convolution'].includes(value.shortcut) &&
    ['rgb', 'bgr'].includes(value.input?.channels) &&
    [value.input.mean, value.input.std].every((number) => Number.isFinite(number))
  );
}

function parseObject(text: string): object | undefined {
  try {
    const found = JSON.parse(text) as unknown;
    return typeof found === 'object' && found !== null ? found : undefined;
  } catch {
    return undefined;
  }
}

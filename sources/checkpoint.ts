import { basename, dirname, join } from 'node:path';
import { ownElements } from '../pipeline/bytes/elements.ts';
import { safetensorsLayout, safetensorsStart } from '../pipeline/bytes/safetensors.ts';
import { isTorchFile } from '../pipeline/bytes/torchFile.ts';
import type { StateMap } from '../pipeline/contracts.ts';
import { FileError, FormatError, RxfaceError } from '../pipeline/errors.ts';
import { exists, list, open, readFile, readStream, readText, stat } from '../pipeline/files/read.ts';
import {
  CheckpointFormatError,
  checkpointStep,
  MANIFEST_FILE,
  type Manifest,
  MODEL_FILE,
  parseManifest,
  sha256OfParts,
  STATE_FILE,
} from '../pipeline/manifest.ts';
import { parseTorchWeights } from './parse/torchWeights.ts';

/** Weights read from the disk. */
export interface Weights {
  /** The checkpoint folder, or the file. */
  path: string;
  weights: StateMap;
  /** What the weights' file says of itself. */
  metadata: Readonly<Record<string, string>>;
  /** Absent for a file that lies alone. */
  manifest?: Manifest;
}

/** A whole checkpoint, every file checked against its hash. */
export interface Checkpoint extends Weights {
  manifest: Manifest;
  /** Momentum, margin statistics and what else training goes on from. */
  state: StateMap;
  /** Newer checkpoints that were passed over because they are damaged, and what is wrong with them. */
  passedOver: readonly { path: string; reason: string }[];
}

/**
 * Reads weights: of a run folder its newest valid checkpoint, of a checkpoint folder that one, or a file: .safetensors, or what
 * torch.save wrote, with the names it has there.
 *
 * @throws FileError where there is nothing to read; FormatError where the only thing there is damaged
 */
export async function readWeights(path: string): Promise<Weights | Checkpoint> {
  if ((await stat(path)).kind === 'folder') {
    return (await exists(join(path, MANIFEST_FILE))) ? readCheckpoint(path) : readNewestCheckpoint(path);
  }
  const beside = join(dirname(path), MANIFEST_FILE);
  if (basename(path) !== MODEL_FILE || !(await exists(beside))) return { path, ...(await readArrays(path)) };
  const manifest = parseManifest(await readText(beside), beside);
  return { path, manifest, ...(await readArrays(path, manifest)) };
}

/**
 * The newest checkpoint of a run that is whole; damaged ones are passed over and listed.
 *
 * @throws FileError where there is none; CheckpointFormatError where another rxface wrote the newest that is whole
 */
export async function readNewestCheckpoint(run: string): Promise<Checkpoint> {
  const folder = join(run, 'checkpoints');
  const there = (await exists(folder)) ? await list(folder) : [];
  const newestFirst = there
    .filter(({ name }) => checkpointStep(name) !== undefined)
    .toSorted((a, b) => checkpointStep(b.name)! - checkpointStep(a.name)!);
  const passedOver: { path: string; reason: string }[] = [];
  for (const { path } of newestFirst) {
    try {
      return { ...(await readCheckpoint(path)), passedOver };
    } catch (error) {
      if (!(error instanceof RxfaceError) || error instanceof CheckpointFormatError) throw error;
      passedOver.push({ path, reason: error.message });
    }
  }
  const damaged = passedOver.map(({ reason }) => reason).join('; ');
  throw new FileError(run, damaged === '' ? 'it holds no checkpoint' : `it holds no valid checkpoint: ${damaged}`);
}

async function readCheckpoint(path: string): Promise<Checkpoint> {
  const file = join(path, MANIFEST_FILE);
  const manifest = parseManifest(await readText(file), file);
  const step = checkpointStep(basename(path)) ?? manifest.step;
  if (manifest.step !== step) throw new FormatError(file, undefined, `step ${step}, as its folder says`, manifest.step);
  const { weights: state } = await readArrays(join(path, STATE_FILE), manifest);
  return { path, manifest, state, passedOver: [], ...(await readArrays(join(path, MODEL_FILE), manifest)) };
}

/** One array after another, none of them twice in memory. */
async function readArrays(file: string, manifest?: Manifest): Promise<Pick<Weights, 'weights' | 'metadata'>> {
  const handle = await open(file);
  try {
    const expected = manifest?.files[basename(file)];
    const found = manifest === undefined ? undefined : await sha256OfParts(readStream(file));
    if (found !== expected) throw new FormatError(file, undefined, `the bytes of sha256 ${expected}`, found);
    if (isTorchFile(await handle.readAt(0, 8)))
      return { weights: parseTorchWeights(await readFile(file), file), metadata: {} };
    const start = safetensorsStart(await handle.readAt(0, 8), handle.bytes, file);
    const { arrays, metadata } = safetensorsLayout(await handle.readAt(0, start), handle.bytes, file);
    const weights: StateMap = {};
    for (const { name, type, shape, offset, bytes } of arrays) {
      const own = new Uint8Array(bytes);
      await handle.readAt(offset, bytes, own);
      weights[name] = { shape, data: ownElements(type, own, file, offset) };
    }
    return { weights, metadata };
  } finally {
    await handle.close();
  }
}

import { join } from 'node:path';
import { safetensorsParts } from '../pipeline/bytes/safetensors.ts';
import type { Sink } from '../pipeline/contracts.ts';
import { FileError } from '../pipeline/errors.ts';
import { list } from '../pipeline/files/read.ts';
import { makeFolder, removeFolder, sweep, writeFile, writeFolder } from '../pipeline/files/write.ts';
import type { Snapshot, StepItem } from '../pipeline/items.ts';
import {
  CHECKPOINT_FORMAT,
  checkpointName,
  checkpointStep,
  MANIFEST_FILE,
  type Manifest,
  manifestText,
  MODEL_FILE,
  modelMetadata,
  type RunFacts,
  sha256OfParts,
  STATE_FILE,
} from '../pipeline/manifest.ts';

export interface CheckpointOptions {
  /** What the run knows about itself. */
  facts: RunFacts;
  /** Newest checkpoints kept; at least 1. */
  keep: number;
  /** Steps whose checkpoints stay besides these, asked after each writing. */
  spare?: () => readonly number[];
  /** Called once a checkpoint is on the disk. */
  written?: (path: string, snapshot: Snapshot) => void;
}

/**
 * Writes the snapshot of each step that brings one as a checkpoint folder, and removes old ones.
 *
 * In plain words: a checkpoint is there whole or not at all, and an old one goes only after a newer one is safe.
 *
 * ```ts
 * const kept = steps.sink('checkpoints', toCheckpoints('checkpoints', { facts, keep: 3 }));
 * ```
 *
 * @param folder where the folders 'step-00000400' go; made if need be
 * @return a sink; throws FileError where the disk is full or may not be written
 */
export function toCheckpoints(folder: string, options: CheckpointOptions): Sink<StepItem> {
  return {
    async open() {
      await makeFolder(folder);
      await sweep(folder);
    },
    async write({ snapshot }) {
      if (snapshot === undefined) return;
      const path = join(folder, checkpointName(snapshot.iteration));
      await writeCheckpoint(path, snapshot, options.facts);
      await prune(folder, snapshot.iteration, options);
      options.written?.(path, snapshot);
    },
    async close() {},
  };
}

/** Writes one checkpoint folder: aside, synced, renamed. */
export async function writeCheckpoint(path: string, snapshot: Snapshot, facts: RunFacts): Promise<void> {
  // Not copied into files first: the centres of a million people are two gigabytes.
  const files = {
    [MODEL_FILE]: safetensorsParts(snapshot.weights, modelMetadata(facts)),
    [STATE_FILE]: safetensorsParts(snapshot.state),
  };
  const hashes: Record<string, string> = {};
  for (const [name, parts] of Object.entries(files)) hashes[name] = await sha256OfParts(parts);
  const manifest: Manifest = {
    format: CHECKPOINT_FORMAT,
    architecture: facts.architecture,
    classes: facts.classes,
    images: facts.images,
    step: snapshot.iteration,
    epoch: snapshot.epoch,
    position: snapshot.position,
    phase: snapshot.phase ?? facts.phase,
    seed: facts.seed,
    engine: facts.engine,
    config: facts.config,
    files: hashes,
  };
  await writeFolder(path, async (aside) => {
    try {
      for (const [name, parts] of Object.entries(files)) await writeFile(join(aside, name), parts);
      await writeFile(join(aside, MANIFEST_FILE), manifestText(manifest));
    } catch (error) {
      // Nobody has heard of the folder aside: the file is called by the place it was meant for.
      if (!(error instanceof FileError)) throw error;
      throw new FileError(error.path.replace(aside, path), error.reason, { cause: error.cause });
    }
  });
}

/** Counts from the checkpoint just written: one of a later step is not of this run's making, and must not push it out. */
async function prune(folder: string, newest: number, { keep, spare }: CheckpointOptions): Promise<void> {
  const steps = (await list(folder))
    .map(({ name }) => checkpointStep(name))
    .filter((step) => step !== undefined)
    .filter((step) => step <= newest)
    .toSorted((a, b) => b - a);
  const spared = spare?.() ?? [];
  for (const step of steps.slice(keep)) {
    if (!spared.includes(step)) await removeFolder(join(folder, checkpointName(step)));
  }
}

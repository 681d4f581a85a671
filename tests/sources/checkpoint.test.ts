import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { toCheckpoints } from '../../sinks/checkpoints.ts';
import { readNewestCheckpoint, readWeights } from '../../sources/checkpoint.ts';
import { FACTS, freshFolder, snapshot, stepItem, writeAll } from '../fixtures/checkpoint.ts';

let run: string;
const at = (step: number, file = ''): string => join(run, 'checkpoints', `step-0000000${step}`, file);

beforeEach(async () => {
  run = freshFolder();
  await writeAll(
    toCheckpoints(join(run, 'checkpoints'), { facts: FACTS, keep: 9 }),
    [1, 2, 3].map((s) => stepItem(s)),
  );
});

describe('readNewestCheckpoint', () => {
  it('gives back what was written, bit for bit', async () => {
    const found = await readNewestCheckpoint(run);
    expect(found.path).toBe(at(3));
    expect(found.weights).toEqual(snapshot(3).weights);
    expect(found.state).toEqual(snapshot(3).state);
    expect(found.manifest).toMatchObject({ ...FACTS, step: 3, epoch: 0, position: 6 });
    expect(found.passedOver).toEqual([]);
  });

  it('passes over damaged ones, newest valid one wins, and says why', async () => {
    truncateSync(at(3, 'state.safetensors'), 20);
    writeFileSync(at(2, 'manifest.json'), '{');
    const found = await readNewestCheckpoint(run);
    expect(found.manifest.step).toBe(1);
    expect(found.passedOver.map(({ path }) => path)).toEqual([at(3), at(2)]);
    expect(found.passedOver[0]?.reason).toMatch(/state\.safetensors: expected the bytes of sha256 [0-9a-f]{64}, found/);
  });

  it('passes over one that is of another step than its folder says', async () => {
    renameSync(at(2), at(8));
    const found = await readNewestCheckpoint(run);
    expect(found.path).toBe(at(3));
    expect(found.passedOver[0]?.reason).toMatch(/manifest\.json: expected step 8, as its folder says, found 2$/);
  });

  it('refuses to pass over one of another format: whole, and not to be lost', async () => {
    const text = readFileSync(at(3, 'manifest.json'), 'utf8');
    writeFileSync(at(3, 'manifest.json'), text.replace('"format": 1', '"format": 2'));
    await expect(readNewestCheckpoint(run)).rejects.toThrow(
      /step-00000003.manifest\.json: expected checkpoint format 1, .* \(a newer rxface wrote it\), found 2$/,
    );
  });

  it('says in one line that there is none, or none that is whole', async () => {
    for (const step of [1, 2, 3]) rmSync(at(step, 'model.safetensors'));
    await expect(readNewestCheckpoint(run)).rejects.toThrow(/it holds no valid checkpoint: .*model\.safetensors/);
    await expect(readNewestCheckpoint(freshFolder())).rejects.toThrow(/: it holds no checkpoint$/);
  });
});

describe('readWeights', () => {
  it('takes a run folder, a checkpoint folder, a file of a checkpoint and a file that lies alone', async () => {
    const alone = join(run, 'alone.safetensors');
    writeFileSync(alone, readFileSync(at(2, 'model.safetensors')));
    expect((await readWeights(run)).manifest?.step).toBe(3);
    expect((await readWeights(at(1))).manifest?.step).toBe(1);
    expect((await readWeights(at(1, 'model.safetensors'))).manifest?.step).toBe(1);
    const found = await readWeights(alone);
    expect(found.manifest).toBeUndefined();
    expect(found.weights).toEqual(snapshot(2).weights);
    expect(JSON.parse(found.metadata['architecture']!)).toEqual(FACTS.architecture);
  });

  it('names a path at which there is nothing', async () => {
    await expect(readWeights(join(run, 'nothing'))).rejects.toThrow(/nothing: there is no such file or folder/);
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { architecture, createModel } from 'rxface/operators';
import { decodeNpy } from '../../../pipeline/bytes/npy.ts';
import { embedCommand } from '../../../pipeline/cli/embed.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { writeCheckpoint } from '../../../sinks/checkpoints.ts';
import { FACTS, snapshot } from '../../fixtures/checkpoint.ts';
import { commandLine, type Ended } from '../../fixtures/commandLine.ts';
import { tinyTraining } from '../../fixtures/tinyTraining.ts';

const TINY = architecture('ir10', { size: [16, 16], widths: [4, 4, 4, 4], embedding: 3 });
let root: string;
let checkpoint: string;
const run = (...args: string[]): Promise<Ended> =>
  commandLine(embedCommand, 'embed', join(root, 'faces'), '--model', checkpoint, '--threads', '0', ...args);
const rows = (file: string) => decodeNpy(readFileSync(file), file);

beforeAll(async () => {
  vi.stubEnv('RXFACE_ENGINE', 'cpu');
  await startEngine();
  ({ root } = await tinyTraining());
  checkpoint = join(root, 'step-00000001');
  const model = createModel(TINY, { seed: 3 });
  await writeCheckpoint(checkpoint, { ...snapshot(1), weights: model.save() }, { ...FACTS, architecture: TINY });
  model.dispose();
});
afterAll(() => vi.unstubAllEnvs());

describe('rxface embed', () => {
  it('writes a row an image, the same for every batch, and prints one object', async () => {
    const out = join(root, 'e.npy');
    const ended = await run('--out', out, '--batch', '5', '--json');
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.out.join('\n'))).toMatchObject({ out, count: 24, dimension: 3 });
    expect(rows(out).shape).toEqual([24, 3]);
    await run('--out', join(root, 'whole.npy'), '--batch', '24');
    const [a, b] = [rows(out).data, rows(join(root, 'whole.npy')).data];
    for (const [i, value] of a.entries()) expect(b[i]).toBeCloseTo(value, 4);
  });

  it('leaves the mirrored image out where told', async () => {
    const [both, one] = [join(root, 'both.npy'), join(root, 'one.npy')];
    await run('--out', both);
    await run('--out', one, '--no-flip');
    expect(rows(one).data).not.toEqual(rows(both).data);
  });

  it('stops at an image that cannot be decoded, names it, and leaves no file', async () => {
    writeFileSync(join(root, 'faces', 'Person_1', 'text.jpg'), 'no image');
    const out = join(root, 'none.npy');
    const ended = await run('--out', out);
    expect(ended.code).toBe(1);
    expect(ended.err).toEqual([expect.stringMatching(/^rxface: .*Person_1\/text\.jpg/)]);
    expect(existsSync(out)).toBe(false);
  });

  it('takes an untrained network too', async () => {
    const sheet = join(root, 'untrained.npy');
    const { code, err } = await run('--out', sheet, '--model', 'untrained:ir9');
    expect([code, err[0]]).toEqual([2, expect.stringMatching(/name must be one of ir10/)]);
  });

  it('names a model that is not there', async () => {
    const ended = await run('--out', join(root, 'x.npy'), '--model', join(root, 'nothing'));
    expect(ended).toMatchObject({ code: 1, err: [expect.stringMatching(/nothing: there is no such file or folder/)] });
  });
});

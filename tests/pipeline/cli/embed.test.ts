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

  it('refuses bfloat16 where it is slow, and what is no precision', async () => {
    const out = join(root, 'short.npy');
    const slow = await run('--out', out, '--precision', 'bfloat16');
    expect([slow.code, slow.err.at(-1)]).toEqual([1, expect.stringContaining('bfloat16 needs the native engine')]);
    const unknown = await run('--out', out, '--precision', 'half');
    expect([unknown.code, unknown.err.at(-1)]).toEqual([2, "rxface: embed: --precision must be 'float32' or 'bfloat16', received 'half'"]); // prettier-ignore
    expect(existsSync(out)).toBe(false);
  });

  it('embeds one of several parts, and the parts joined are the whole', async () => {
    const whole = join(root, 'all.npy');
    await run('--out', whole);
    const joined: number[] = [];
    const said: unknown[] = [];
    for (const part of [0, 1, 2, 3, 4]) {
      const out = join(root, `part-${part}.npy`);
      const ended = await run('--out', out, '--shard', `${part}/5`, '--batch', '3', '--json');
      expect(ended.code).toBe(0);
      const { shard, count } = JSON.parse(ended.out.join('\n')) as {
        shard: { from: number; to: number };
        count: number;
      };
      said.push([shard.from, shard.to, count]);
      expect(rows(out).shape).toEqual([count, 3]);
      joined.push(...(rows(out).data as Float32Array));
    }
    expect(said).toEqual([[0, 4, 4], [4, 9, 5], [9, 14, 5], [14, 19, 5], [19, 24, 5]]); // prettier-ignore
    const all = rows(whole).data;
    expect(joined.length).toBe(all.length);
    for (const [i, value] of all.entries()) expect(joined[i]).toBeCloseTo(value, 4);
  });

  it('refuses a part that there is not, before anything is opened', async () => {
    for (const shard of ['4/4', '5/4', '1', '-1/2', '0/0', 'a/b', '1/2/3']) {
      const { code, err } = await run('--out', join(root, 'x.npy'), `--shard=${shard}`);
      expect([code, err[0]]).toEqual([2, `rxface: embed: --shard must be i/n with i from 0 to n - 1, such as 0/4, received '${shard}'`]); // prettier-ignore
    }
    const { code, err } = await run('--out', join(root, 'x.npy'), '--shard', '0/25');
    expect([code, err]).toEqual([
      2,
      [expect.stringMatching(/of must be at most 24, the images of .*faces, received 25/)],
    ]);
    expect(existsSync(join(root, 'x.npy'))).toBe(false);
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

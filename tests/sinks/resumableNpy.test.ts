import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeNpy } from '../../pipeline/bytes/npy.ts';
import type { Embeddings } from '../../pipeline/items.ts';
import { resumableNpy } from '../../sinks/resumableNpy.ts';
import { beginOutput, type Unfinished } from '../../sinks/unfinished.ts';
import { CONTEXT, freshFolder, writeAll } from '../fixtures/checkpoint.ts';

function embeddings(rows: number, dimension: number, first: number): Embeddings {
  const values = Float32Array.from({ length: rows * dimension }, (_, i) => first + i);
  return { epoch: 0, values, dimension, labels: new Int32Array(rows), ids: [], keys: [] };
}
const begin = (file: string, of = 'these'): Promise<Unfinished> =>
  beginOutput(file, { of }, { suffix: 'partial', replaces: true });

describe('resumableNpy', () => {
  it('writes all rows in order, in the place of what was there', async () => {
    const file = join(freshFolder(), 'e.npy');
    for (const first of [5, 0])
      await writeAll(resumableNpy(await begin(file), { rows: 3 }), [embeddings(2, 3, first), embeddings(1, 3, first + 6)]); // prettier-ignore
    expect(decodeNpy(readFileSync(file), file)).toEqual({
      shape: [3, 3],
      data: Float32Array.from({ length: 9 }, (_, i) => i),
    });
    expect(existsSync(`${file}.partial`)).toBe(false);
  });

  it('goes on behind the last batch on the disk, whatever came after it', async () => {
    const file = join(freshFolder(), 'e.npy');
    const first = resumableNpy(await begin(file), { rows: 4 });
    await first.open(CONTEXT);
    await first.write(embeddings(2, 3, 0));
    await first.close({ kind: 'aborted', reason: undefined });
    expect(existsSync(file)).toBe(false);
    appendFileSync(join(`${file}.partial`, 'rows.npy'), 'unsafe');
    const output = await begin(file);
    expect(output.standing.position).toBe(2);
    await writeAll(resumableNpy(output, { rows: 4 }), [embeddings(2, 3, 6)]);
    expect([...decodeNpy(readFileSync(file), file).data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('does not go on with what was begun from something else', async () => {
    const file = join(freshFolder(), 'e.npy');
    const first = resumableNpy(await begin(file), { rows: 4 });
    await first.open(CONTEXT);
    await first.write(embeddings(2, 3, 0));
    await first.close({ kind: 'aborted', reason: undefined });
    await expect(begin(file, 'others')).rejects.toThrow(/of must be 'these', as when .*e\.npy\.partial was begun/);
  });

  it('refuses rows of another length, and an end with too few', async () => {
    const file = join(freshFolder(), 'e.npy');
    const sink = resumableNpy(await begin(file), { rows: 4 });
    await sink.open(CONTEXT);
    await sink.write(embeddings(2, 3, 0));
    await expect(Promise.resolve(sink.write(embeddings(2, 4, 0)))).rejects.toThrow('expected shape [n, 3]');
    await expect(sink.close({ kind: 'complete' })).rejects.toThrow('expected shape [4, 3], received [2, 3]');
    expect(existsSync(file)).toBe(false);
  });
});

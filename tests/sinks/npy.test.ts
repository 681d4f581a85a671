import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeNpy } from '../../pipeline/bytes/npy.ts';
import type { Embeddings } from '../../pipeline/items.ts';
import { toNpy } from '../../sinks/npy.ts';
import { CONTEXT, freshFolder, writeAll } from '../fixtures/checkpoint.ts';

function embeddings(rows: number, dimension: number, first: number): Embeddings {
  const values = Float32Array.from({ length: rows * dimension }, (_, i) => first + i);
  return { epoch: 0, values, dimension, labels: new Int32Array(rows), ids: [], keys: [] };
}

describe('toNpy', () => {
  it('writes all rows in order, into a folder that it makes', async () => {
    const file = join(freshFolder(), 'made', 'e.npy');
    await writeAll(toNpy(file), [embeddings(2, 3, 0), embeddings(1, 3, 6)]);
    expect(decodeNpy(readFileSync(file), file)).toEqual({
      shape: [3, 3],
      data: Float32Array.from({ length: 9 }, (_, i) => i),
    });
  });

  it('leaves nothing behind where the run fails', async () => {
    const file = join(freshFolder(), 'e.npy');
    const sink = toNpy(file);
    await sink.open(CONTEXT);
    await sink.write(embeddings(2, 3, 0));
    await expect(Promise.resolve(sink.write(embeddings(2, 4, 0)))).rejects.toThrow('expected shape [n, 3]');
    await sink.close({ kind: 'failed', error: undefined });
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(dirname(file))).toEqual([]);
  });
});

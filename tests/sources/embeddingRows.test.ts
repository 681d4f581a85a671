import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../pipeline/bytes/npy.ts';
import { embeddingRows, type EmbeddingRowsOptions } from '../../sources/embeddingRows.ts';
import { folder, put } from '../fixtures/archives.ts';

function file(shape: number[], half = false): string {
  const here = folder();
  const size = shape.reduce((a, b) => a * b);
  const data = Float32Array.from({ length: size }, (_, i) => i + 1);
  let bytes = encodeNpy({ shape, data });
  if (half) {
    const text = new TextDecoder('latin1').decode(bytes.subarray(0, 128)).replace('<f4', '<f2');
    const halves = Uint16Array.from(data, (value) => ((Math.floor(Math.log2(value)) + 15) << 10) | ((value / 2 ** Math.floor(Math.log2(value)) - 1) * 1024)); // prettier-ignore
    bytes = new Uint8Array([...Buffer.from(text, 'latin1'), ...new Uint8Array(halves.buffer)]);
  }
  put(here, { 'e.npy': bytes });
  return `${here}/e.npy`;
}

async function all(path: string, options: EmbeddingRowsOptions): Promise<{ values: number[]; rows: number[] }> {
  const found = { values: [] as number[], rows: [] as number[] };
  for await (const [item] of await embeddingRows(path, options)) {
    found.values.push(...item!.values);
    found.rows.push(...item!.keys.map(({ index }) => index));
  }
  return found;
}

describe('embeddingRows', () => {
  it('reads [N, D] block by block, and only so many rows', async () => {
    const path = file([5, 2]);
    expect(await all(path, { block: 2 })).toEqual({ values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], rows: [0, 1, 2, 3, 4] });
    expect(await all(path, { block: 2, rows: 3 })).toEqual({ values: [1, 2, 3, 4, 5, 6], rows: [0, 1, 2] });
    expect(await embeddingRows(path, { block: 2 })).toMatchObject({ rows: 5, length: 3, dimension: 2 });
  });

  it('adds the mirrored image, or leaves it out; half floats too', async () => {
    for (const path of [file([2, 2, 2]), file([2, 2, 2], true)]) {
      expect((await all(path, {})).values).toEqual([4, 6, 12, 14]);
      expect((await all(path, { flip: 'on', block: 1 })).values).toEqual([4, 6, 12, 14]);
      expect((await all(path, { flip: 'off' })).values).toEqual([1, 2, 5, 6]);
    }
  });

  it('refuses what does not fit', async () => {
    await expect(embeddingRows(file([2, 2]), { flip: 'on' })).rejects.toMatchObject({ exitCode: 2, option: 'flip' });
    await expect(embeddingRows(file([2, 2]), { rows: 3 })).rejects.toThrow('at least 3 rows');
    await expect(embeddingRows(file([2, 3, 2]))).rejects.toThrow('embeddings [N, D] or [N, 2, D]');
    const here = folder();
    put(here, {
      'i.npy': encodeNpy({ shape: [1, 1], data: Int32Array.of(1) }),
      'cut.npy': encodeNpy({ shape: [9, 9], data: new Float32Array(81) }).subarray(0, 200),
    });
    await expect(embeddingRows(`${here}/i.npy`)).rejects.toThrow('float16, 32 or 64');
    await expect(embeddingRows(`${here}/cut.npy`)).rejects.toThrow('expected 452 bytes');
  });
});

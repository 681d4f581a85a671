import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasOnnx, openOnnx } from '../../../pipeline/engine/onnx.ts';
import { onnxFile } from '../../fixtures/onnx.ts';

function fileOf(bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'rxface-onnx-')), 'a.onnx');
  writeFileSync(path, bytes);
  return path;
}

describe('openOnnx', () => {
  it('says that a file is not there before it asks for a runtime', async () => {
    await expect(openOnnx('/nowhere/a.onnx')).rejects.toThrow(/^\/nowhere\/a\.onnx: /);
  });

  it.skipIf(hasOnnx())('says how to get what is not installed', async () => {
    await expect(openOnnx(fileOf(onnxFile([1, 3, 2, 2])))).rejects.toThrow(
      'ONNX networks need onnxruntime-node, which is not installed. npm install onnxruntime-node',
    );
  });
});

describe.skipIf(!hasOnnx())('openOnnx (where onnxruntime-node is installed)', () => {
  it('runs a network; sizes left open are -1', async () => {
    const session = await openOnnx(fileOf(onnxFile(['N', 3, 1, 2], ['Neg', 'Flatten'])));
    expect([session.shape, session.outputs]).toEqual([[-1, 3, 1, 2], ['x2']]);
    const { values, shape } = await session.run(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 1, 2]);
    expect([[...values], [...shape]]).toEqual([[-1, -2, -3, -4, -5, -6], [1, 6]]); // prettier-ignore
    const [first, ...more] = await session.all(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 1, 2]);
    expect([first, more]).toEqual([{ name: 'x2', values, shape }, []]);
    await session.close();
  });

  it('refuses what onnxruntime does not run', async () => {
    await expect(openOnnx(fileOf(Buffer.from('no network')))).rejects.toThrow(/a\.onnx: expected a network that onnx/);
  });
});

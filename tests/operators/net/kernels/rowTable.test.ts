import { memory, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { rowTable } from '../../../../operators/net/kernels/rowTable.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';
import { ENGINES, operations } from '../../../fixtures/operations.ts';

vi.mock(import('../../../../operators/net/kernels/native.ts'), async (original) => {
  const { whereCompiled } = await import('../../../fixtures/operations.ts');
  return whereCompiled(await original());
});

describe.each(ENGINES)('a table of rows on %s', (kind, backend) => {
  beforeAll(async () => {
    operations.compiled = kind === backend;
    await startEngine({ want: backend });
  });
  const rowsOf = (table: ReturnType<typeof rowTable>, ...at: number[]): number[] =>
    tidy(() => [...table.take(Int32Array.from(at)).dataSync()]);

  it('begins as zeros, gives copies of rows and takes them back in place', () => {
    const before = memory().numTensors;
    const table = rowTable(5, 2);
    const held = memory().numTensors;
    expect(rowsOf(table, 0, 4)).toEqual([0, 0, 0, 0]);
    const old = table.take(Int32Array.of(3));
    tidy(() => table.put(Int32Array.of(3, 1), tensor2d([1, 2, 3, 4], [2, 2])));
    expect([...old.dataSync()]).toEqual([0, 0]);
    old.dispose();
    expect(rowsOf(table, 0, 1, 2, 3, 4, 1)).toEqual([0, 0, 3, 4, 0, 0, 1, 2, 0, 0, 3, 4]);
    expect(memory().numTensors).toBe(held);
    table.dispose();
    table.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('is its own, however many there are, and survives a tidy', () => {
    const tables: ReturnType<typeof rowTable>[] = [];
    tidy(() => void tables.push(rowTable(2, 1), rowTable(2, 1)));
    const [one, other] = tables;
    tidy(() => one!.put(Int32Array.of(0), tensor2d([7], [1, 1])));
    expect([rowsOf(one!, 0), rowsOf(other!, 0)]).toEqual([[7], [0]]);
    one!.dispose();
    expect(rowsOf(other!, 0, 1)).toEqual([0, 0]);
    other!.dispose();
  });

  it('refuses a row that is not there before anything is written, where it writes itself', ({ skip }) => {
    const table = rowTable(2, 1);
    if (!table.memory) skip('TensorFlow checks its own');
    tidy(() => {
      const write = (): void => table.put(Int32Array.of(0, 2), tensor2d([1, 2], [2, 1]));
      expect(write).toThrow('rowTable: at must be rows from 0 to 1, received 2');
    });
    expect(rowsOf(table, 0, 1)).toEqual([0, 0]);
    table.dispose();
  });
});

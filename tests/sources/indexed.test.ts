import { describe, expect, it } from 'vitest';
import { indexed } from '../../sources/indexed.ts';
import { only } from '../../sources/only.ts';
import { sourceContract } from '../contracts/source.ts';
import { drawn } from '../fixtures/drawn.ts';

sourceContract('indexed', {
  make: () => drawn('s', { people: ['a', 'b'], labels: [0, 1, 0] }),
  ids: ['s/0', 's/1', 's/2'],
  labels: [0, 1, 0],
  classes: ['a', 'b'],
  bytes: [0, 1, 2].map((i) => Uint8Array.of(i)),
});

describe('indexed', () => {
  it('knows nothing before it is open, and says so', () => {
    const source = drawn('s', { people: ['a'], labels: [0] });
    expect(source.length).toBeUndefined();
    expect(source.faults).toEqual([]);
    expect(() => source.labels).toThrow("source 's' is not open yet");
  });

  it('closes its parents where its own opening fails, and with itself', async () => {
    const parent = drawn('s', { people: ['a'], labels: [0] });
    const broken = indexed('broken', [parent], () => Promise.reject(new Error('no table')));
    await expect(broken.open()).rejects.toThrow('no table');
    expect(parent.length).toBeUndefined();
    const whole = only(parent, () => true);
    await whole.open();
    expect(parent.length).toBe(1);
    await whole.close();
    expect(parent.length).toBeUndefined();
  });

  it('tries again after opening failed', async () => {
    let tries = 0;
    const source = indexed('s', [], async () => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
      return {
        classes: [],
        labels: Int32Array.of(-1),
        faults: [],
        id: String,
        place: () => ({ file: 's' }),
        read: async () => [{}],
      };
    });
    const opening = source.open();
    await source.close();
    await expect(opening).rejects.toThrow('not yet');
    await source.open();
    expect(source.length).toBe(1);
  });
});

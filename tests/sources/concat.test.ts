import { describe, expect, it } from 'vitest';
import { concat } from '../../sources/concat.ts';
import { indexed } from '../../sources/indexed.ts';
import { sourceContract } from '../contracts/source.ts';
import { drawn } from '../fixtures/drawn.ts';

const left = { people: ['ann', 'bob'], labels: [1, 0, -1] };
const right = { people: ['ann'], labels: [0, 0] };
const make = () => concat(drawn('l', left), drawn('r', right));

sourceContract('concat', {
  make,
  ids: ['l/0', 'l/1', 'l/2', 'r/0', 'r/1'],
  labels: [1, 0, -1, 2, 2],
  classes: ['ann', 'bob', 'ann'],
  bytes: [0, 1, 2, 0, 1].map((i) => Uint8Array.of(i)),
});

describe('concat', () => {
  it('gathers the faults of all', async () => {
    const source = make();
    await source.open();
    expect(source.faults!.map(({ file }) => file)).toEqual(['l', 'r']);
    expect(source.place(4)).toEqual({ file: 'r', offset: 1 });
  });

  it('is the source itself of one, and refuses none', () => {
    const only = drawn('l', left);
    expect(concat(only)).toBe(only);
    expect(() => concat()).toThrow('concat: sources must be at least one source');
  });

  it('closes what is open when one cannot be opened', async () => {
    const first = drawn('l', left);
    const broken = indexed('r', [], () => Promise.reject(new Error('no disk')));
    await expect(concat(first, broken).open()).rejects.toThrow('no disk');
    expect(first.length).toBeUndefined();
  });
});

import { expect, it } from 'vitest';
import { tfRecord } from '../../../sinks/encode/tfRecord.ts';
import { recordsOf } from '../../fixtures/eventFile.ts';

it('frames bytes so that they read back, and a flipped bit shows', () => {
  const records = ['', 'a', 'a longer record'].map((text) => new TextEncoder().encode(text));
  const file = Buffer.concat(records.map(tfRecord));
  expect(recordsOf(file).map((record) => [...record])).toEqual(records.map((record) => [...record]));
  for (const at of [3, 20, file.length - 6]) {
    const damaged = new Uint8Array(file);
    damaged[at]! ^= 4;
    expect(() => recordsOf(damaged)).toThrow(/at \d+/);
  }
});

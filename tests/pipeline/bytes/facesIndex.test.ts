import { describe, expect, it } from 'vitest';
import {
  decodeFacesFooter,
  decodeFacesIndex,
  encodeFacesEnd,
  FACES_FOOTER_BYTES,
  type FacesIndex,
} from '../../../pipeline/bytes/facesIndex.ts';

const index: FacesIndex = {
  offsets: [16, 50, 4_000_000_100],
  keys: ['a/1.jpg', 'a/2.jpg', '7'],
  labels: Int32Array.of(0, 0, -1),
  people: new Map([[0, 'a']]),
  classes: 5,
  pointsMissing: 1,
  last: false,
};
const START = 4_000_000_200;

/** The end of a shard read back. */
function read(end: Uint8Array): FacesIndex | string {
  const footer = decodeFacesFooter(end.subarray(-FACES_FOOTER_BYTES), START + end.length);
  return typeof footer === 'string' ? footer : decodeFacesIndex(end.subarray(0, footer.bytes), footer);
}

describe('the end of a shard', () => {
  it('gives back the index, also beyond 4 GiB', () => {
    expect(read(encodeFacesEnd(index, START))).toEqual(index);
  });

  it('is found damaged at whichever bit is flipped', () => {
    const end = encodeFacesEnd(index, START);
    for (let bit = 0; bit < 8 * end.length; bit++) {
      const harmed = end.slice();
      harmed[bit >> 3]! ^= 1 << (bit & 7);
      expect(read(harmed)).toBeTypeOf('string');
    }
  });

  it('says what is wrong with a file cut off, and with an index that does not fit', () => {
    const end = encodeFacesEnd(index, START);
    expect(read(end.subarray(0, -1))).toMatch('does not end with the footer');
    expect(decodeFacesFooter(end.subarray(-FACES_FOOTER_BYTES), START + 40)).toMatch(
      `an index of 3 records from byte ${START} does not fit in a file of ${START + 40} bytes`,
    );
    expect(read(encodeFacesEnd({ ...index, offsets: [16, 60, 50] }, START))).toBe('its offsets do not rise');
  });
});

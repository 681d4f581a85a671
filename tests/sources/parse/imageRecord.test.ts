import { expect, it } from 'vitest';
import { parseImageRecord } from '../../../sources/parse/imageRecord.ts';
import { imageBytes, payloadOf } from '../../fixtures/archives.ts';

it('reads one label or a list, and where the image begins', () => {
  expect(parseImageRecord(payloadOf(7, imageBytes(1)))).toEqual({ labels: [7], imageStart: 24 });
  expect(parseImageRecord(payloadOf([3, 0.5], imageBytes(1)))).toEqual({ labels: [3, 0.5], imageStart: 32 });
});

it('needs only the first labels of a payload', () => {
  const payload = payloadOf([1, 2, 3, 4], imageBytes(1));
  expect(parseImageRecord(payload.subarray(0, 32), payload.length)).toEqual({ labels: [1, 2], imageStart: 40 });
});

it('says what is too short', () => {
  expect(parseImageRecord(new Uint8Array(10))).toBe('a payload of 10 bytes, its header alone takes 24');
  expect(parseImageRecord(payloadOf([1, 2, 3]).subarray(0, 30))).toBe('3 labels do not fit in a payload of 30 bytes');
});

import { describe, expect, it } from 'vitest';
import { blocksOf, isEmptyBlock, parsePax, parseTarHeader } from '../../../sources/parse/tarHeader.ts';
import { tarOf } from '../../fixtures/archives.ts';

describe('tar header', () => {
  it('reads name with prefix, size and type', () => {
    const block = tarOf([{ name: 'b.jpg', prefix: 'a', content: 'x'.repeat(1000) }]).subarray(0, 512);
    expect(parseTarHeader(block)).toEqual({ name: 'a/b.jpg', size: 1000, type: '0', link: '' });
  });

  it('reads sizes in base 256', () => {
    const block = tarOf([{ name: 'b', content: 'x'.repeat(1000), binarySize: true }]).subarray(0, 512);
    expect(parseTarHeader(block)?.size).toBe(1000);
  });

  it('reads what a link stands for, a blank size as 0, and one that is none as NaN', () => {
    const head = (size: string) => parseTarHeader(tarOf([{ name: 'b', content: '', type: '1', link: 'a', size }]));
    expect(head('\0'.repeat(12))).toEqual({ name: 'b', size: 0, type: '1', link: 'a' });
    expect(head('rubbish')?.size).toBeNaN();
  });

  it('is none where the checksum differs or the block is short', () => {
    const block = tarOf([{ name: 'b', content: '' }]).subarray(0, 512);
    expect(parseTarHeader(block.subarray(0, 511))).toBeUndefined();
    block[0]! += 1;
    expect(parseTarHeader(block)).toBeUndefined();
    expect(isEmptyBlock(block)).toBe(false);
    expect(isEmptyBlock(new Uint8Array(512))).toBe(true);
  });

  it('reads PAX records, with = and newline in a value, up to the first that is none', () => {
    const text = '14 path=a=b\nc\n13 size=1234\nrubbish';
    expect([...parsePax(new TextEncoder().encode(text))]).toEqual([['path', 'a=b\nc'], ['size', '1234']]); // prettier-ignore
    expect(parsePax(new TextEncoder().encode('0 a=b\n')).size).toBe(0);
  });

  it('counts whole blocks', () => {
    expect([0, 1, 512, 513].map(blocksOf)).toEqual([0, 512, 512, 1024]);
  });
});

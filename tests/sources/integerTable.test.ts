import { expect, it } from 'vitest';
import { integerTable } from '../../sources/integerTable.ts';
import { folder, put } from '../fixtures/archives.ts';

it('gives whole lines, however the file is cut into pieces', async () => {
  const here = folder();
  const count = 200_000; // more than one piece
  put(here, { 'a.txt': Array.from({ length: count }, (_, i) => `${i} ${2 * i} 1`).join('\n') });
  let [lines, pieces] = [0, 0];
  for await (const piece of integerTable(`${here}/a.txt`, 3)) {
    expect(piece.length % 3).toBe(0);
    for (let i = 0; i < piece.length; i += 3, lines++)
      if (piece[i] !== lines || piece[i + 1] !== 2 * lines || piece[i + 2] !== 1) throw new Error(`line ${lines}`);
    pieces++;
  }
  expect(lines).toBe(count);
  expect(pieces).toBeGreaterThan(2);
});

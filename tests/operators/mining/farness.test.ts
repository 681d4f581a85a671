import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { farness, NEVER } from '../../../operators/mining/farness.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo, wave } from '../../contracts/numbers.ts';

const [B, P, C] = [5, 11, 7];

describe.each(['native', 'wasm', 'cpu'] as const)('farness on %s', (backend) => {
  beforeAll(async () => void (await startEngine({ want: backend })));

  it('is the squared distance but for the length of the row', () => {
    const [a, b] = [wave(B * C, 0.7).map((x) => 9 * x), wave(P * C, 1.1).map((x) => 9 * x)];
    const eligible = Uint8Array.from({ length: P }, (_, i) => Number(i !== 4));
    const far = tidy(() => farness(tensor2d(a, [B, C]), tensor2d(b, [P, C]), eligible).dataSync());
    for (let i = 0; i < B; i++) {
      const row = a.subarray(i * C, (i + 1) * C);
      const own = row.reduce((sum, x) => sum + x * x, 0);
      const expected = Array.from({ length: P }, (_, j) =>
        row.reduce((sum, x, c) => sum + (x - b[j * C + c]!) ** 2, 0),
      );
      const found = Array.from(far.subarray(i * P, (i + 1) * P), (x) => x + own);
      expect(found[4]).toBeLessThan(NEVER / 2);
      closeTo(found.filter((_, j) => j !== 4), expected.filter((_, j) => j !== 4), 1e-5); // prettier-ignore
    }
  });
});

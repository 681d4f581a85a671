import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { adjust, photometric, type Adjustment } from '../../../operators/augment/photometric.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

type Steps = [kind: Adjustment['kind'], amount: number][];
interface Fixture {
  size: [number, number];
  noise: string;
  soft: string;
  cases: { steps: Steps; channels: 'rgb' | 'bgr'; noise: string; soft: string }[];
  cube: { steps: Steps; sha256: string }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/photometric.json', import.meta.url), 'utf8'),
) as Fixture;
const adjustments = (steps: Steps): Adjustment[] => steps.map(([kind, amount]) => ({ kind, amount }));
const decoded = (text: string): Pixels => ({
  height: fixture.size[0],
  width: fixture.size[1],
  data: new Uint8Array(Buffer.from(text, 'base64')),
});

describe('bit for bit as Pillow', () => {
  test.each(fixture.cases)('$channels $steps', ({ steps, channels, ...expected }) => {
    for (const name of ['noise', 'soft'] as const) {
      const image = decoded(fixture[name]);
      adjust(image, adjustments(steps), channels);
      expect(image.data).toEqual(decoded(expected[name]).data);
    }
  });

  const levels = Array.from({ length: 52 }, (_, i) => i * 5);
  const colours = Uint8Array.from(levels.flatMap((r) => levels.flatMap((g) => levels.flatMap((b) => [r, g, b]))));
  test.each(fixture.cube)('every fifth colour: $steps', ({ steps, sha256 }) => {
    const cube = { height: 52, width: 52 * 52, data: colours.slice() };
    adjust(cube, adjustments(steps));
    expect(createHash('sha256').update(cube.data).digest('hex')).toBe(sha256);
  });
});

test('draws by key, makes what it drew and says so', () => {
  const image = decoded(fixture.soft);
  const drawn = photometric(image, keyedRandom(7, 'photometric', 0, 3));
  expect(drawn.map(({ kind }) => kind).toSorted()).toEqual(['brightness', 'contrast', 'saturation']);

  const again = decoded(fixture.soft);
  adjust(again, drawn);
  expect(again.data).toEqual(image.data);

  const bgr = decoded(fixture.soft);
  expect(photometric(bgr, keyedRandom(7, 'photometric', 0, 3), { channels: 'bgr' })).toEqual(drawn);
  expect(bgr.data).not.toEqual(image.data);
});

test('turns the hue either way, up to what was asked for', () => {
  const hues = Array.from({ length: 200 }, (_, i) => {
    const drawn = photometric(decoded(fixture.soft), keyedRandom(1, 'hue', 0, i), { hue: 0.25 });
    expect(drawn).toHaveLength(4);
    return drawn.find(({ kind }) => kind === 'hue')!.amount;
  });
  expect(Math.max(...hues)).toBeGreaterThan(0.24);
  expect(Math.min(...hues)).toBeLessThan(-0.24);
  expect(Math.max(...hues.map(Math.abs))).toBeLessThanOrEqual(0.25);
});

test('the released way weighs blue as red', () => {
  const blue: Pixels = { height: 1, width: 1, data: Uint8Array.of(0, 0, 255) };
  adjust(blue, [{ kind: 'saturation', amount: 0 }], 'bgr');
  expect([...blue.data]).toEqual([76, 76, 76]);
});

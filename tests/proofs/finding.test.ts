import { expect, test } from 'vitest';
import { keyedRandom } from '../../operators/maths/keyedRandom.ts';
import { boxes, overBoxes, type Box } from './boxes.ts';
import { evenly, holds, middling, momentsOf, rate, spreadOf, uniform, unrelated } from './finding.ts';

const random = keyedRandom(1, 'finding', 0, 0);
const many = (draw: () => number, n = 2000): number[] => Array.from({ length: n }, draw);

test('three standard deviations, and not more', () => {
  expect(holds({ what: '', expected: 1, measured: 1.3, sigma: 0.1001 })).toBe(true);
  expect(holds({ what: '', expected: 1, measured: 1.3, sigma: 0.0999 })).toBe(false);
  expect(holds({ what: '', expected: 0, measured: 0, sigma: 0 })).toBe(true);
});

test('samples of the right distribution hold, of a slightly wrong one do not', () => {
  const unit = uniform(0, 1);
  expect(spreadOf('u', many(random), unit).every(holds)).toBe(true);
  expect(
    spreadOf(
      'u',
      many(() => 0.05 + 0.9 * random()),
      unit,
    ).every(holds),
  ).toBe(false);
  expect(
    spreadOf(
      'u',
      many(() => random() ** 1.2),
      unit,
    ).every(holds),
  ).toBe(false);
  expect(holds(rate('', 460, 2000, 0.2))).toBe(false);
  const faces = [1, 2, 3, 4];
  expect(
    evenly(
      '',
      many(() => Math.floor(1 + 4 * random())),
      faces,
    ).every(holds),
  ).toBe(true);
  expect(
    evenly(
      '',
      many(() => Math.floor(1 + 3.6 * random())),
      faces,
    ).every(holds),
  ).toBe(false);
  const place = (at: (room: number) => number) =>
    Array.from({ length: 2000 }, (_, i) => ({ at: at(i % 40), room: i % 40 }));
  expect(
    holds(
      middling(
        '',
        place((room) => Math.floor(random() * (room + 1))),
      ),
    ),
  ).toBe(true);
  expect(
    holds(
      middling(
        '',
        place((room) => Math.floor(random() * room)),
      ),
    ),
  ).toBe(false);
  const a = many(random);
  expect(holds(unrelated('', a, many(random)))).toBe(true);
  expect(
    holds(
      unrelated(
        '',
        a,
        a.map((value) => value + 3 * random()),
      ),
    ),
  ).toBe(false);
});

test('moments of outcomes', () => {
  expect(momentsOf([{ value: 0, chance: 0.5 }, { value: 2, chance: 0.5 }])).toEqual({ mean: 1, variance: 1, fourth: 1 }); // prettier-ignore
});

/** get_params by its letter, one attempt after another. */
function cropped(side: number): Omit<Box, 'chance'> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = side * side * (0.2 + 0.8 * random());
    const aspect = Math.exp(Math.log(3 / 4) + Math.log(16 / 9) * random());
    const width = Math.round(Math.sqrt(area * aspect));
    const height = Math.round(Math.sqrt(area / aspect));
    if (width <= side && height <= side) return { width, height };
  }
  return { width: side, height: side };
}

test.each([112, 9])('the exact distribution of crop boxes is that of 100,000 drawn ones, side %i', (side) => {
  const exact = boxes(side);
  expect(exact.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 9);
  const drawn = Array.from({ length: 100_000 }, () => cropped(side));
  for (const of of [
    ({ width, height }: Omit<Box, 'chance'>) => width * height,
    ({ width, height }: Omit<Box, 'chance'>) => Math.log(width / height),
    ({ width }: Omit<Box, 'chance'>) => width,
  ]) {
    const findings = spreadOf('', drawn.map(of), momentsOf(overBoxes(exact, of)));
    expect(findings.filter((finding) => !holds(finding))).toEqual([]);
  }
});

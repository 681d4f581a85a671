import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Templates } from '../../../operators/evaluate/fuseTemplates.ts';
import { scoreTrials, type ScoredTrials } from '../../../operators/evaluate/scoreTrials.ts';
import type { Trials } from '../../../pipeline/items.ts';

const ROWS = [
  [1, 0, 0, 0, 0],
  [0.6, 0.8, 0, 0, 0],
  [0, 0, 0, 0, 1],
  [0, 0.6, 0, 0, 0.8],
];
const closed = (...numbers: number[]): Templates => ({
  numbers: Int32Array.from(numbers),
  values: Float64Array.from(numbers.flatMap((number) => ROWS[number]!)),
  dimension: 5,
  open: { media: 0, templates: 0 },
  peakOpenMedia: numbers.length,
});
/** Two genuine trials, then three impostors; one compares a template with itself, one comes twice. */
const trials = (): Trials => ({ pairs: Uint32Array.of(0, 1, 3, 2, 0, 2, 1, 3, 1, 3), genuine: 2 });
const scored = (items: Templates[], given = trials): Promise<ScoredTrials[]> =>
  lastValueFrom(from(items).pipe(scoreTrials(4, given), toArray()));

describe('scoreTrials', () => {
  it('scores a trial when its second template comes, and gives all scores in the end, sorted', async () => {
    const found = await scored([closed(0), closed(3, 1), closed(2)]);
    expect(found.map((item) => [item.scored, item.trials])).toEqual([[0, 5], [3, 5], [5, 5], [5, 5]]); // prettier-ignore
    expect(found.slice(0, 3).every(({ scores }) => scores === undefined)).toBe(true);
    const { scores, peakOpenMedia } = found[3]!;
    expect([...scores!.genuine].map((score) => score.toFixed(6))).toEqual(['0.600000', '0.800000']);
    expect([...scores!.impostors].map((score) => score.toFixed(6))).toEqual(['0.000000', '0.480000', '0.480000']);
    expect(peakOpenMedia).toBe(2);
  });

  it('gives the same in any order of arrival, and anew with each subscription', async () => {
    const all = [0, 1, 2, 3];
    const orders = all.flatMap((a) =>
      all.filter((b) => b !== a).map((b) => [a, b, ...all.filter((c) => c !== a && c !== b)]),
    );
    const wanted = (await scored([closed(...all)])).at(-1)!.scores;
    for (const order of orders)
      expect((await scored(order.map((number) => closed(number)))).at(-1)!.scores).toEqual(wanted);
    const stage = scoreTrials(4, trials);
    for (let i = 0; i < 2; i++)
      expect((await lastValueFrom(from([closed(...all)]).pipe(stage))).scores).toEqual(wanted);
  });

  it('keeps scores where the trials were: no second place', async () => {
    const own = trials();
    const last = (await scored([closed(0, 1, 2, 3)], () => own)).at(-1)!;
    expect(last.scores!.impostors.buffer).toBe(own.pairs.buffer);
  });

  it('compares a template with itself', async () => {
    const [, last] = await scored([closed(3)], () => ({ pairs: Uint32Array.of(3, 3), genuine: 1 }));
    expect(last!.scores!.genuine[0]).toBeCloseTo(1, 12);
  });

  it('says what partial figures are while it runs', async () => {
    const found: (number | undefined)[] = [];
    await lastValueFrom(
      from([closed(0), closed(1), closed(2, 3)]).pipe(
        scoreTrials(4, trials),
        (items) => (items.subscribe(({ counts }) => found.push(counts.tarAt(0.1))), items),
      ),
    );
    expect(found).toEqual([undefined, undefined, 1, 1]);
  });

  it('names what came twice, what never came, and trials that are none', async () => {
    await expect(scored([closed(0), closed(0)])).rejects.toThrow('template 0 came twice');
    await expect(scored([closed(0, 1)])).rejects.toThrow('4 of 5 trials have a template that never came');
    await expect(scored([], () => ({ pairs: Uint32Array.of(0, 4), genuine: 0 }))).rejects.toThrow(
      'of templates 0 to 3',
    );
    await expect(scored([], () => ({ pairs: new Uint32Array(3), genuine: 0 }))).rejects.toThrow('two numbers each');
  });
});

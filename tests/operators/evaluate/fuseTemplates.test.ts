import { from, lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fuseTemplates, type FuseOptions, type Templates } from '../../../operators/evaluate/fuseTemplates.ts';
import { fusionPlan } from '../../../operators/evaluate/fusionPlan.ts';
import type { EmbeddingRows } from '../../../pipeline/items.ts';

const rows = (first: number, ...values: [number, number][]): EmbeddingRows => ({
  values: Float64Array.from(values.flat()),
  dimension: 2,
  keys: values.map((_, i) => ({ index: first + i })),
});
/** Template 7: a video of rows 0 and 2, a photograph row 1; template 9: row 3. */
const plan = fusionPlan(Int32Array.of(7, 7, 7, 9), Int32Array.of(1, 2, 1, 3));
const items = [rows(0, [2, 0]), rows(1, [0, 3], [4, 0]), rows(3, [0, 5])];

const fused = (given: EmbeddingRows[], options?: FuseOptions): Promise<Templates[]> =>
  lastValueFrom(from(given).pipe(fuseTemplates(plan, options), toArray()));

describe('fuseTemplates', () => {
  it('averages media, adds them up, and gives a template out with its last image', async () => {
    const found = await fused(items);
    expect(found.map(({ numbers }) => [...numbers])).toEqual([[], [0], [1]]);
    const length = Math.sqrt(18);
    expect(found[1]!.values).toEqual(Float64Array.of(3 / length, 3 / length));
    expect(found[0]!.open).toEqual({ media: 1, templates: 0 });
    expect(found.map(({ peakOpenMedia }) => peakOpenMedia)).toEqual([1, 1, 1]);
  });

  it('gives the same in any order of arrival', async () => {
    const [last] = (await fused([rows(3, [0, 5]), rows(1, [0, 3], [4, 0]), rows(0, [2, 0])])).toReversed();
    expect([last!.numbers, last!.values]).toEqual([Int32Array.of(0), (await fused(items))[1]!.values]);
  });

  it('drops the length of embeddings, and counts images by their detector scores', async () => {
    const dropped = (await fused(items, { featureNorm: 'drop' }))[1]!.values;
    expect(dropped[0]).toBeCloseTo(Math.SQRT1_2, 15);
    const weighted = (await fused(items, { featureNorm: 'drop', detectorScores: Float64Array.of(1, 0.5, 0, 1) }))[1]!;
    expect(weighted.values[0]).toBeCloseTo(Math.SQRT1_2, 15); // mean of 1 and 0 beside 0.5
  });

  it('leaves what has no direction zero', async () => {
    const [none] = await fused([rows(0, [1, 0], [-2, 0], [3, 0], [0, 0])], { featureNorm: 'drop' });
    expect(none!.values).toEqual(new Float64Array(4));
  });

  it('names what came twice, is none of its own, is no number, or never came', async () => {
    const fails = (...given: EmbeddingRows[]): Promise<string> =>
      fused(given).then(String, (error: Error) => error.message);
    expect(await fails(items[0]!, items[0]!)).toBe('the embedding of row 0 came twice');
    expect(await fails(rows(4, [1, 1]))).toBe('row 4 is none of the 4 images of the protocol');
    expect(await fails(rows(0, [NaN, 1]))).toBe('the embedding of row 0 has length NaN');
    expect(await fails(items[0]!)).toBe('3 of 4 embeddings are missing, the first is that of row 1');
  });
});

it('an empty plan asks for nothing', async () => {
  expect(
    await lastValueFrom(
      of<EmbeddingRows>().pipe(fuseTemplates(fusionPlan(new Int32Array(), new Int32Array())), toArray()),
    ),
  ).toEqual([]);
});

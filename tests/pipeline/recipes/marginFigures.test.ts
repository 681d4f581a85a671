import { describe, expect, it } from 'vitest';
import { isTail, marginFigures } from '../../../pipeline/recipes/marginFigures.ts';
import { marginRecords, type MarginRecord } from '../../../pipeline/recipes/marginRecords.ts';
import type { StepItem, StepSample } from '../../../pipeline/items.ts';

const record = (index: number, more: Partial<MarginRecord> = {}): MarginRecord => ({
  epoch: 0,
  position: index,
  index,
  label: 0,
  variation: {},
  norm: 1,
  cosine: 0.5,
  gradientScale: -1,
  probability: 0.5,
  margin: 0.2,
  residual: 0,
  ...more,
});

describe('marginRecords', () => {
  const step = (iteration: number, epoch: number, samples?: StepSample[]): StepItem =>
    ({ iteration, epoch, ...(samples && { samples }) }) as StepItem;

  it('takes of each face the latest record, with the epoch that drew it', () => {
    const { epoch: _, ...old } = record(4, { residual: 0.1 });
    const { epoch: __, ...late } = record(4, { residual: 0.3, position: 9 });
    const { epoch: ___, ...other } = record(2);
    const steps = [step(1, 0), step(2, 0, [old, other]), step(3, 0), step(7, 1, [late])];
    const { faces, steps: recorded } = marginRecords(steps);
    expect(faces.map(({ index, epoch, position, residual }) => [index, epoch, position, residual])).toEqual([
      [2, 0, 2, 0],
      [4, 1, 9, 0.3],
    ]);
    expect(recorded).toEqual({ count: 2, first: 2, last: 7 });
  });

  it('leaves out what an emit list reports, which nobody could draw again', () => {
    const { label: _, ...emitted } = record(1, { residual: 0.1 });
    expect(marginRecords([step(1, 0, [emitted as StepSample])])).toEqual({
      faces: [],
      steps: { count: 0, first: 0, last: 0 },
    });
  });
});

describe('marginFigures', () => {
  it('tells classes of a variation apart, and those rarer than the even share', () => {
    const own = [0.1, 0.3, -0.2, 0.02, -0.04, 0.06];
    const records = own.map((r, i) =>
      record(i, { variation: { blur: i < 2 ? 3 : 0 }, 'residual.blur': r, residual: 2 * r }),
    );
    records.push(record(6, { variation: {}, 'residual.blur': 0.5 }));
    const [blur, ...none] = marginFigures(records, [7]).variations;
    expect(none).toEqual([]);
    expect(blur!.all.faces).toBe(7);
    expect(blur!.classes.map(({ class: label, tail, own: { faces } }) => [label, tail, faces])).toEqual([[0, false, 4], [3, false, 2]]); // prettier-ignore
    expect(blur!.classes[1]!.own).toMatchObject({ mean: expect.closeTo(0.2, 12), deviation: expect.closeTo(0.1, 12), positive: 1 }); // prettier-ignore
    expect(blur!.classes[0]!.residual.mean).toBeCloseTo(-0.08, 12);
    expect(blur!.classes[0]!.own.positive).toBe(0.5);
    // Of nine labelled faces, two of class 3 are fewer than a quarter.
    const more = [...records, ...[7, 8, 9].map((i) => record(i, { variation: { blur: 0 }, 'residual.blur': 0 }))];
    const again = marginFigures(more, [10]).variations[0]!;
    expect([isTail(again, records[0]!, 'blur'), isTail(again, records[3]!, 'blur'), isTail(again, records[6]!, 'blur')]).toEqual([true, false, undefined]); // prettier-ignore
  });

  it('names the faces at either end of a variation, the most extreme first', () => {
    const records = [0.1, -0.3, 0.2, 0, -0.1].map((r, i) => record(10 + i, { 'residual.pose': r }));
    const [pose] = marginFigures(records, [5], { ends: 2 }).variations;
    expect([pose!.largest, pose!.smallest]).toEqual([[12, 10], [11, 14]]); // prettier-ignore
    expect(pose!.classes).toEqual([]);
  });

  it('groups people by their number of images, none in two groups, and takes the residual off the margin', () => {
    const counts = [2, 40, 2, 10];
    const records = Array.from({ length: 40 }, (_, i) =>
      record(i, { label: i < 2 ? 0 : i < 4 ? 2 : i < 30 ? 1 : 3, residual: i < 4 ? 0.05 : -0.01, margin: 0.3 }),
    );
    const { volumes } = marginFigures(records, counts);
    expect(volumes.map(({ images, people, faces }) => [images, people, faces])).toEqual([[[2, 10], 3, 14], [[40, 40], 1, 26]]); // prettier-ignore
    expect(volumes[1]).toMatchObject({ residual: expect.closeTo(-0.01, 12), classMargin: expect.closeTo(0.31, 12) });
    expect(volumes[1]!.loss).toBeCloseTo(Math.log(2), 12);
    // Of a margin in logits, 32 of which are a unit of cosine.
    expect(marginFigures(records, counts, { perCosine: 32 }).volumes[1]!.classMargin).toBeCloseTo(0.3 + 0.01 / 32, 12);
  });
});

import { concat, defer, map, mergeMap, type Observable, scan } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Label } from '../../pipeline/contracts.ts';
import { type Flow, graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const numbers = Array.from({ length: 40 }, (_, i) => i);
const faces = graph('g').source('faces', listSource(numbers), { capacity: 4 });
const stage = (label: Partial<Label>) =>
  Object.assign(map((x: number) => x), {
    label: { in: 'item', out: 'item', keeps: 'order, count', asks: 1, gives: 1, holds: 0, ...label },
  }); // prettier-ignore
const wrong = (flow: Flow<unknown>): string[] => flow.sink('out', collect()).validate();

describe('a diamond', () => {
  const window = (capacity: number) =>
    faces.pipe('plain', stage({}), { capacity }).join('both', faces.pipe('window', stage({ holds: 4 })), { take: 1 });

  it('is refused where a branch has less room than the other needs, with the numbers', () => {
    expect(wrong(window(3))).toEqual([
      "'both' needs 5 items of 'faces' through 'window' before it can go on, 'plain' has room for 4 meanwhile: raise a capacity in 'plain'",
    ]);
    expect(wrong(window(4))).toEqual([]);
  });

  it('is refused where its branches do not use the same', () => {
    const fours = faces.pipe('fours', stage({ asks: 4, holds: 3, items: 4 }));
    expect(wrong(faces.pipe('plain', stage({})).join('both', fours, { take: 1 }))).toEqual([
      "'both' takes 1 items of 'faces' through 'plain' for every 4 through 'fours': no room between them would be enough",
    ]);
    expect(wrong(fours.join('both', faces, { take: 4 }))).toEqual([]);
    expect(wrong(faces.merge('both', [fours], { rates: [4, 1] }))).toEqual([
      "'both' needs 4 items of 'faces' through 'fours' before it can go on, 'faces itself' has room for 1 meanwhile: raise a capacity in 'faces itself'",
    ]);
  });

  it('is refused where nobody says that a branch keeps count, and open to a merge that waits for nobody', () => {
    const some = faces.pipe('some', map((x: number) => x)); // prettier-ignore
    expect(wrong(faces.join('both', some, { take: 1 }))).toEqual([
      "'both' waits for both 'some' and 'faces itself' of 'faces', and 'some' between them may drop or multiply items: " +
        "where it does not, say label: { keeps: 'order, count' }",
    ]);
    expect(wrong(faces.merge('both', [some], { ordered: false }))).toEqual([]);
    const told = faces.pipe('some', map((x: number) => x), { label: { keeps: 'order, count' } }); // prettier-ignore
    expect(wrong(faces.join('both', told, { take: 1 }))).toEqual([]);
    // A mixture on the way has no fixed rate.
    const mixed = told.merge('mixed', [graph('o').source('others', listSource(numbers))]);
    expect(wrong(faces.join('both', mixed, { take: 1 }))[0]).toContain("'mixed' between them may drop or multiply");
  });

  it('is seen through other junctions and branches', () => {
    const others = graph('o').source('others', listSource(numbers));
    const inner = faces.pipe('a', stage({})).join('inner', others, { take: 2 });
    expect(wrong(inner.join('outer', faces.pipe('late', stage({ holds: 32 })), { take: 1 }))).toEqual([]);
    expect(wrong(inner.join('outer', faces.pipe('late', stage({ holds: 33 })), { take: 1 }))[0]).toMatch(
      /needs 34 items of 'faces' through 'late'.*'a' has room for 33/,
    );
    const named = faces.broadcast({
      left: (b) => b.pipe('l', stage({}), { capacity: 1 }).sink('s', collect()),
      right: (b) => b.join('j', faces.pipe('w', stage({ holds: 7 })), { take: 1 }).sink('t', collect()),
    });
    expect(named.validate()[0]).toMatch(/through 'w'.*'right' has room for 1/);
  });

  it('that is accepted runs to its end with exactly that room', async () => {
    const late = (source: Observable<number>) => concat(source.pipe(scan((kept, x) => [...kept.slice(-4), x], [] as number[]), mergeMap((kept) => kept.slice(0, -4))), defer(() => rest)); // prettier-ignore
    const rest = numbers.slice(-4);
    const window = faces.pipe('window', late, { label: { keeps: 'order, count', holds: 4 }, capacity: 1 });
    const plain = faces.pipe('plain', stage({}), { capacity: 4 });
    const slow = plain.pipe(
      'slow',
      parallel(async (x: number) => x, { concurrency: 3 }),
      { capacity: 1 },
    );
    for (const flow of [plain, slow]) {
      const sink = collect();
      await run(flow.join('both', window, { take: 1, capacity: 1 }).sink('out', sink));
      expect(sink.items).toEqual(numbers.map((x) => [x, [x]]));
    }
  });
});

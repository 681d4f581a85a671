import fc from 'fast-check';

/** How long something takes: no time, a turn of the promises, a turn of the event loop. */
export type Pace = 'now' | 'microtask' | 'turn';

const pace = fc.constantFrom<Pace[]>('now', 'microtask', 'turn');
const capacity = fc.integer({ min: 1, max: 9 });

const source = fc.record({
  items: fc.integer({ min: 0, max: 60 }),
  capacity,
  pace,
  chunk: fc.integer({ min: 1, max: 5 }),
  randomAccess: fc.boolean(),
});

/** A stage of the random graphs. */
const stage = fc.oneof(
  fc.record({ kind: fc.constant('map' as const), capacity }),
  fc.record({ kind: fc.constant('drop' as const), capacity, every: fc.integer({ min: 2, max: 5 }) }),
  fc.record({ kind: fc.constant('copy' as const), capacity, times: fc.integer({ min: 2, max: 3 }) }),
  fc.record({ kind: fc.constant('group' as const), capacity, size: fc.integer({ min: 2, max: 4 }) }),
  fc.record({ kind: fc.constant('late' as const), capacity, by: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('tensor' as const), capacity }),
  fc.record({
    kind: fc.constant('parallel' as const),
    capacity,
    concurrency: fc.integer({ min: 1, max: 4 }),
    ordered: fc.boolean(),
    pace,
  }),
);

/** A junction of the random graphs, with what meets there: another source, or two branches of the same point. */
const junction = fc.oneof(
  fc.record({ kind: fc.constant('join' as const), capacity, take: fc.integer({ min: 1, max: 4 }), source }),
  fc.record({
    kind: fc.constant('merge' as const),
    capacity,
    rates: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    ordered: fc.boolean(),
    source,
  }),
  fc.record({
    kind: fc.constant('diamond' as const),
    capacity,
    branches: fc.tuple(fc.array(stage, { maxLength: 2 }), fc.array(stage, { maxLength: 2 })),
    meet: fc.constantFrom('join' as const, 'merge' as const, 'ready' as const),
    take: fc.constantFrom(1, 1, 1, 2),
  }),
  fc.record({ kind: fc.constant('aside' as const), pace }),
);

/** A graph of 2 to 8 stages and junctions, and how its run ends. */
export const plan = fc.record({
  source,
  steps: fc.array(fc.oneof({ arbitrary: stage, weight: 3 }, { arbitrary: junction, weight: 2 }), {
    minLength: 2,
    maxLength: 8,
  }),
  sink: pace,
  end: fc.oneof(
    { arbitrary: fc.record({ kind: fc.constant('complete' as const), at: fc.constant(-1) }), weight: 2 },
    {
      arbitrary: fc.record({
        kind: fc.constantFrom('read' as const, 'stage' as const, 'write' as const, 'abort' as const, 'stop' as const, 'take' as const), // prettier-ignore
        at: fc.integer({ min: 0, max: 30 }),
      }),
      weight: 3,
    },
  ),
});

type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;
export type Plan = Drawn<typeof plan>;
export type SourcePlan = Drawn<typeof source>;
export type StagePlan = Drawn<typeof stage>;
export type JunctionPlan = Drawn<typeof junction>;

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OperatorFunction } from 'rxjs';
import type { Label, Stage } from '../../pipeline/contracts.ts';
import { isCrewStage } from '../../pipeline/crew.ts';
import { drive, type Ending, type Script, scripts, type Trace } from './drive.ts';
import { flowRules } from './flowRules.ts';
import type { Check } from './stage.ts';

/** What a stage is held to. */
export interface Conforming<I, O> {
  /** A fresh stage. */
  stage: () => Stage<I, O> | OperatorFunction<I, O>;
  /** Two items or more. */
  inputs: readonly I[];
  /** What it gives for them. */
  outputs: readonly O[];
  /** What its label says, where it has none of its own. */
  label?: Partial<Label>;
  /** Random interleavings for each rule. Default 100. */
  runs?: number;
}

type Rule<O> = {
  name: string;
  endings: readonly Ending[];
  holds(trace: Trace<O>, label: Label): void;
};

const LABEL: Label = { in: 'item', out: 'item', keeps: 'order', asks: 1, gives: 1, holds: 0 };

/**
 * The rules of Reactive Streams that a stage can break, each over random interleavings of items, waits and ends: alone by a
 * fuzzed script, then in a graph whose source, sink and capacities are drawn as well.
 *
 * ```ts
 * const cases = { stage: () => map((x: number) => x * x), inputs: [1, 2, 3], outputs: [1, 4, 9] };
 * for (const { name, run } of conformance(cases)) it(name, run);
 * ```
 *
 * A stage that takes its time (`parallel`, `workers`) is held to the rules of the graph alone. fast-check draws, by its own
 * global seed.
 */
export function conformance<I, O>(cases: Conforming<I, O>): Check[] {
  const { stage, inputs, runs = 100 } = cases;
  const made = stage();
  const label = { ...LABEL, ...('label' in made ? made.label : {}), ...cases.label };
  // Drawn and driven once: every rule looks at the same traces.
  let driven: Promise<{ script: Script; trace: Trace<O> }[]> | undefined;
  const drawn = async (): Promise<{ script: Script; trace: Trace<O> }[]> => {
    const traces = [];
    for (const script of fc.sample(scripts(inputs.length), runs)) {
      traces.push({ script, trace: await drive(stage(), inputs, script) });
    }
    return traces;
  };
  const alone = RULES.map(({ name, endings, holds }) => ({
    name: `rule: ${name}`,
    run: async () => {
      for (const { script, trace } of await (driven ??= drawn()))
        if (endings.includes(script.ending)) holds(trace, label);
    },
  }));
  const capacity = Math.max(label.gives, 1);
  const inGraph = flowRules({
    ...cases,
    runs,
    ordered: label.keeps.includes('order'),
    room: label.asks,
    counted: label.keeps.includes('count'),
    through: (flow, more) => flow.pipe('stage', stage(), { capacity: capacity + more, label }),
  });
  return [...(isCrewStage(made) ? [] : alone), ...inGraph];
}

const ALL: readonly Ending[] = ['complete', 'error', 'unsubscribe'];

const RULES: readonly Rule<unknown>[] = [
  {
    name: 'gives only when called, never by itself (1.1, 3.1)',
    endings: ALL,
    holds: ({ given }) => assert.deepEqual(given.filter(({ within }) => within === 'nothing').map(({ item }) => item), []), // prettier-ignore
  },
  {
    name: 'gives for an item no more than its label says (1.1)',
    endings: ALL,
    holds: ({ given }, { gives }) => {
      const each = new Map<number, number>();
      for (const { inputs, within } of given) if (within === 'item') each.set(inputs, (each.get(inputs) ?? 0) + 1);
      const most = Math.max(0, ...each.values());
      assert.ok(most <= gives, `gave ${most} for one item, label.gives is ${gives}`);
    },
  },
  {
    name: 'holds no more items than its label says',
    endings: ALL,
    holds: ({ given, inputs }, { holds, keeps, items = 1 }) => {
      // What only the end brings out it had held.
      const late = given.filter(({ within }) => within !== 'item' && within !== 'subscribe').length;
      assert.ok(late <= Math.ceil(holds / items), `held ${late * items} items to its end, label.holds is ${holds}`);
      if (!keeps.includes('count')) return;
      for (let n = 1; n <= inputs; n++) {
        const held = n - items * given.filter((one) => one.inputs <= n && one.within === 'item').length;
        // The item it is at may be the one that ends it all: an error or an early end takes it along.
        assert.ok(held <= holds || n === inputs, `held ${held} of ${n} items, label.holds is ${holds}`);
      }
    },
  },
  {
    name: 'gives one for each where it says that it keeps count, whatever the timing',
    endings: ['complete'],
    holds: ({ given, inputs, ends }, { keeps, items = 1 }) => {
      if (!keeps.includes('count') || ends[0]?.kind === 'error') return;
      assert.ok(given.length >= Math.floor(inputs / items) && given.length <= Math.ceil(inputs / items), `gave ${given.length} for ${inputs}`); // prettier-ignore
    },
  },
  {
    name: 'ends once, and gives nothing after (1.7)',
    endings: ['complete', 'error'],
    holds: ({ ends, afterwards }) => {
      assert.ok(ends.length === 1, `ended ${ends.length} times`);
      assert.deepEqual(afterwards, []);
    },
  },
  {
    name: 'passes on the very error of its source, at once (1.4)',
    endings: ['error'],
    holds: ({ ends, error, subscribed }) => {
      if (ends[0]?.kind === 'complete') return;
      assert.equal(ends[0]?.error, error);
      assert.equal(subscribed, false);
    },
  },
  {
    name: 'lets go of its source when nobody listens, and is silent from then on (1.8, 3.12)',
    endings: ['unsubscribe'],
    holds: ({ subscribed, afterwards }) => {
      assert.equal(subscribed, false);
      assert.deepEqual(afterwards, []);
    },
  },
];

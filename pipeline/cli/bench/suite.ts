import { EngineError } from '../../errors.ts';
import type { MeasureOptions } from './benchmark.ts';
import type { Result } from './result.ts';

/** What of a suite may be said for all of it. */
export interface SuiteOptions {
  /** A python that has torch; false: none; absent: python3 if it has. */
  peer?: string | false;
  /** Rounds of every benchmark. Default: each one's own number, at least five pairs. */
  rounds?: number;
}

interface Piece {
  name: string;
  measure(options: SuiteOptions, say: (line: string) => void): Promise<Result[]>;
}

const IR18: Omit<MeasureOptions, 'rounds'> = {
  model: 'ir18',
  batch: 16,
  classes: 1000,
  precision: 'float32',
  steps: 4,
};
const IR10: typeof IR18 = { model: 'ir10', batch: 64, classes: 400, precision: 'float32', steps: 4 };
const SHORT = { precision: 'bfloat16' } as const;

/** The benchmarks of `rxface bench all`, in order: what the project promises of its speed. */
export const SUITE: readonly Piece[] = [
  network('train', IR18),
  network('train', { ...IR18, ...SHORT }),
  network('train', IR10),
  network('embed', { ...IR18, steps: 8 }),
  network('embed', { ...IR18, ...SHORT, steps: 8 }),
  {
    name: 'memory',
    async measure({ rounds = 3, ...options }, say) {
      const { memoryOfStep } = await import('./memory.ts');
      return [await memoryOfStep({ ...IR18, ...options, rounds }, say)];
    },
  },
  {
    name: 'whole',
    async measure({ rounds = 5 }, say) {
      const { wholeTraining } = await import('./whole.ts');
      const given = { precision: 'float32', threads: 2, rounds } as const;
      return [
        await wholeTraining({ ...given, model: 'ir18', batch: 16, steps: 12 }, say),
        await wholeTraining({ ...given, model: 'ir10', batch: 64, steps: 24 }, say),
      ];
    },
  },
  {
    name: 'load',
    async measure({ rounds = 5, ...options }, say) {
      const [{ loadRates }, { loadResults }] = await Promise.all([import('./load.ts'), import('./rows.ts')]);
      return loadResults(await loadRates({ batch: 128, batches: 400, threads: 2, rounds, ...options }, say));
    },
  },
  {
    name: 'links',
    async measure({ rounds = 7 }) {
      const [{ linkCosts }, { linkResults }] = await Promise.all([import('./links.ts'), import('./rows.ts')]);
      return linkResults(await linkCosts({ rounds }));
    },
  },
  {
    name: 'head',
    async measure({ rounds = 7 }, say) {
      const { headTimes } = await import('./head.ts');
      const given = { classes: 1_000_000, rate: 0.1, batch: 64, dimension: 512, steps: 3, pairs: 200 };
      return headTimes({ ...given, rounds }, { say, done() {} });
    },
  },
  {
    name: 'evaluate',
    async measure({ rounds = 7, ...options }, say) {
      const { scoringRate } = await import('./evaluate.ts');
      return [await scoringRate({ pairs: 6000, dimension: 512, rounds, ...options }, say)];
    },
  },
];

function network(name: 'train' | 'embed', work: Omit<MeasureOptions, 'rounds'>): Piece {
  return {
    name,
    async measure({ rounds = 5, ...options }, say) {
      const { measure } = await import('./benchmark.ts');
      return [await measure(name, { ...work, rounds, ...options }, say)];
    },
  };
}

/**
 * Measures everything, one after the other; what cannot run here is said and passed over.
 *
 * @param done told the results of each as they come
 */
export async function measureAll(
  options: SuiteOptions,
  { say, done }: { say: (line: string) => void; done: (results: readonly Result[]) => void },
  suite: readonly Piece[] = SUITE,
): Promise<Result[]> {
  const all: Result[] = [];
  for (const { name, measure } of suite) {
    try {
      const results = await measure(options, say);
      done(results);
      all.push(...results);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      say(`${name}: not here: ${error.message}`);
    }
  }
  return all;
}

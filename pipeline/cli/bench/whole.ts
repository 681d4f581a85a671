import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchitectureName } from 'rxface/operators';
import type { DrawnFacesOptions } from '../../../sources/drawnFaces.ts';
import { ensureEngine } from '../../engine/ensure.ts';
import { readText } from '../../files/read.ts';
import { remove } from '../../files/write.ts';
import type { StepItem } from '../../items.ts';
import { parseConfig, type Config } from '../../recipes/config.ts';
import { train } from '../../recipes/train.ts';
import { workText, type BenchOptions } from './benchmark.ts';
import { records } from './records.ts';
import type { Result } from './result.ts';
import { open } from './train.ts';
import { takeTurns } from './turns.ts';

export interface WholeBenchOptions {
  model: ArchitectureName;
  batch: number;
  precision: BenchOptions['precision'];
  /** A .rec, or what becomes one for the while; a training is then an epoch of it. Default: drawn faces, enough for `steps`. */
  data?: string;
  /** Steps of a turn, of which the first three do not count. */
  steps: number;
  threads: number;
  rounds: number;
}

/** Steps at the beginning of a training while threads start; the first after them says when counting begins. */
const BEFORE = 3;
const PER_PERSON = 8;
const UNIT = 'images a second';

/**
 * Measures what a whole training keeps of the speed of its step: `rxface train` on a .rec, with AdaFace's augmentations, log, events
 * and a checkpoint at the end, in turns with the bare step of `bench train` on a batch that is held. The ratio is the whole's
 * speed over the step's.
 */
export async function wholeTraining(options: WholeBenchOptions, say: (line: string) => void): Promise<Result> {
  const { model, batch, precision, steps } = options;
  await ensureEngine({ say });
  const { rec, leave } = await records(options.data ?? drawn(options), say);
  const run = join(tmpdir(), `rxface-bench-run-${randomUUID()}`);
  try {
    const config = configOf(options, rec);
    let people = 0;
    const whole = {
      name: 'whole',
      async turn() {
        try {
          ({ people } = await train({ config, run }));
          return rateIn(await readText(join(run, 'steps.jsonl')));
        } finally {
          await remove(run);
        }
      },
    };
    await whole.turn();
    const bare = open({ model, batch, classes: people, precision });
    const step = {
      name: 'the step alone',
      turn() {
        const began = performance.now();
        for (let i = BEFORE; i < steps; i++) bare.step();
        return ((steps - BEFORE) * batch * 1000) / (performance.now() - began);
      },
    };
    try {
      for (let i = 0; i < BEFORE; i++) bare.step();
      const turns = await takeTurns(whole, [step], { rounds: options.rounds, unit: UNIT, say });
      const work = `rxface train, ${workText('train', { model, batch, classes: people, precision })}, augmented`;
      return { benchmark: 'whole', work, unit: UNIT, ...turns };
    } finally {
      bare.close();
    }
  } finally {
    await leave();
  }
}

function configOf({ model, batch, precision, threads }: WholeBenchOptions, rec: string): Config {
  return parseConfig(
    'bench',
    JSON.stringify({
      data: { sources: [{ path: rec }] },
      model: { name: model },
      head: { name: 'cosface', s: 64, m: 0.35 },
      optimiser: { decay: 'all' },
      schedule: { name: 'polynomial', lr: 0.01 },
      augment: { flip: 0.5, crop: 0.2, rescale: 0.2, photometric: 0.2 },
      train: { batch, epochs: 1, precision, threads },
    }),
  );
}

/** As many images as the steps take, of people with eight each. */
function drawn({ batch, steps }: WholeBenchOptions): DrawnFacesOptions {
  return { people: Math.ceil((batch * steps) / PER_PERSON), perPerson: PER_PERSON, seed: 7 };
}

/** Images a second between the first step that counts and the last one, from when they were done. */
export function rateIn(lines: string): number {
  const items = lines.trim().split('\n').map((line) => JSON.parse(line) as StepItem); // prettier-ignore
  const counted = items.slice(BEFORE - 1);
  const [first, last] = [counted[0]!, counted.at(-1)!];
  const images = counted.slice(1).reduce((sum, item) => sum + item.images, 0);
  return (images * 1000) / (last.time.at - first.time.at);
}

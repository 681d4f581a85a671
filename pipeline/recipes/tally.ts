import type { Fault, RunReport, Standing, StepItem } from 'rxface';
import type { IndexedSource } from 'rxface/sources';
import { describeFault } from '../describe.ts';
import { PHASES } from './metaPhases.ts';
import type { Config } from './schema.ts';
import type { Training } from './training.ts';

/** What has been done so far. */
export interface Tally {
  /** Newest checkpoint of this process; null where none was written. */
  checkpoint: string | null;
  /** Updates since the start of training, those before a resumption included. */
  steps: number;
  /** Images and seconds of training in this process, evaluation aside. */
  images: number;
  seconds: number;
  imagesPerSecond: number;
  /** Of the last step; null where none was left to do. */
  loss: number | null;
  /** Broken records, those that others took the place of. */
  faults: number;
}

/** Where nothing has been done yet in this process. */
export function untouched({ steps }: { steps: number }): Tally {
  return { checkpoint: null, steps, images: 0, seconds: 0, imagesPerSecond: 0, loss: null, faults: 0 };
}

/** Faults told one by one; the rest is only counted. */
const TOLD = 10;

/** Counts what a training does, and says how it stands. */
export function trainingTally(options: {
  config: Config;
  perEpoch: number;
  warmUp: number;
  faces: IndexedSource;
  training: Pick<Training, 'start'>;
  say: (line: string) => void;
}): {
  figures: Tally;
  standing(item: StepItem): Standing;
  progressed(report: RunReport): void;
  ran(report: RunReport): void;
  checkpointed(path: string): void;
} {
  const { config, perEpoch, warmUp, faces, training, say } = options;
  const { batch, epochs } = config.train;
  const figures = untouched(training.start);
  let limiting: string | undefined;
  let running = 0;
  const indexed = faces.faults ?? [];
  const tell = (faults: readonly Fault[], count: number): void => {
    for (const fault of faults.slice(0, Math.max(0, TOLD - figures.faults))) say(`fault: ${describeFault(fault)}`);
    figures.faults += count;
  };
  tell(indexed, indexed.length);
  return {
    figures,
    standing({ epoch, position, iteration, phase, images, loss }) {
      figures.steps = iteration;
      figures.images += images;
      figures.loss = loss;
      const rate = running > 0 ? figures.images / (figures.seconds + running) : undefined;
      if (phase === PHASES.warmUp)
        return { unit: 'steps of the warm-up', done: iteration, total: warmUp, figures: { loss } };
      const all = perEpoch * batch;
      return {
        unit: `images of epoch ${epoch + 1}/${epochs}`,
        done: position,
        total: all,
        figures: { loss },
        ...(limiting !== undefined && { limiting }),
        ...(rate !== undefined && { rate, left: (all * (epochs - epoch) - position) / rate }),
      };
    },
    progressed(report) {
      limiting = report.limiting;
      running = report.seconds;
    },
    ran(report) {
      running = 0;
      figures.seconds += report.seconds;
      figures.imagesPerSecond = figures.images / figures.seconds;
      // Each run tells anew what the sources found when they were indexed.
      const { list, count } = report.faults;
      tell(list.slice(indexed.length), count - indexed.length);
    },
    checkpointed(path) {
      figures.checkpoint = path;
    },
  };
}

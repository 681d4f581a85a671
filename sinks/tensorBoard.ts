import { join } from 'node:path';
import type { Sink } from '../pipeline/contracts.ts';
import { list } from '../pipeline/files/read.ts';
import { makeFolder, openAppender, type Appender } from '../pipeline/files/write.ts';
import type { StepItem } from '../pipeline/items.ts';
import { startEvent, summaryEvent, versionEvent, type Shown } from './encode/event.ts';
import { joined } from './encode/protobuf.ts';
import { tfRecord } from './encode/tfRecord.ts';

export type { Shown } from './encode/event.ts';

export interface TensorBoardOptions {
  /** Updates done before, for a run that is resumed: what files from before show of later steps is forgotten. Default 0. */
  from?: number;
}

/** A sink of training steps which also shows what else comes up: evaluations, pictures. */
export interface TensorBoard extends Sink<StepItem> {
  /** Shows more, while steps are written or between two graphs; not at the same time as another call. */
  show(what: Shown): Promise<void>;
}

/**
 * Writes what TensorBoard shows of a training into an event file.
 *
 * In plain words: `tensorboard --logdir run` draws the curves of the run, while it trains and afterwards.
 *
 * Scalars of each step: its loss, learning rate, epoch (from 1) and figures under `train/`, images a second under `time/`.
 * Of a step with a snapshot also histograms: `weights/NAME`, and under `batch/` what its faces had: norm, cosine, ...
 * The file is named by the second in which it was begun, by its first record. It grows by whole records, even on a full disk;
 * it is synced where there is a snapshot and in the end. All but times and images a second is the same in equal runs.
 *
 * ```ts
 * const watched = steps.sink('events', toTensorBoard('run'));
 * ```
 *
 * @param folder where the file goes; made if need be
 * @return a sink; graphs that run one after another go on in the same file. Throws FileError where it cannot be written
 */
export function toTensorBoard(folder: string, { from = 0 }: TensorBoardOptions = {}): TensorBoard {
  let path: string | undefined;
  let file: Appender | undefined;
  const opened = async (): Promise<Appender> => {
    if (path !== undefined) return openAppender(path);
    await makeFolder(folder);
    const fresh = await nameOf(folder);
    const begun = await openAppender(fresh, 'ax');
    path = fresh;
    const at = Date.now();
    const head = [versionEvent(at), startEvent(at, from === 0 ? 0 : from + 1)];
    await begun.append(joined(...head.map(tfRecord))).catch(async (error: unknown) => {
      await begun.close();
      throw error;
    });
    return begun;
  };
  const append = async (shown: Shown): Promise<void> => (file ??= await opened()).append(tfRecord(summaryEvent(shown)));
  const close = async (): Promise<void> => {
    const open = file;
    file = undefined;
    await open?.sync().finally(() => open.close());
  };
  return {
    async open() {},
    async write(item) {
      await append(shownOf(item));
      if (item.snapshot !== undefined) await file?.sync();
    },
    close,
    async show(what) {
      const idle = file === undefined;
      await append(what).finally(() => (idle ? close() : undefined));
    },
  };
}

function shownOf({ iteration, phase, epoch, loss, learningRate, figures, snapshot, time }: StepItem): Shown {
  // Its losses are of something else, and would bend the curve of the training.
  const under = phase === 'warm-up' ? phase : 'train';
  const train = Object.entries({ loss, learningRate, epoch: epoch + 1, ...figures });
  return {
    step: iteration,
    at: time.at,
    scalars: {
      ...Object.fromEntries(train.map(([name, value]) => [`${under}/${name}`, value])),
      'time/imagesPerSecond': time.imagesPerSecond,
    },
    ...(snapshot && {
      histograms: Object.fromEntries([
        ...Object.entries(snapshot.weights)
          // Of batch norm its scale and shift: what it has counted is not learned.
          .filter(([name]) => !/\.(running_mean|running_var|num_batches_tracked)$/.test(name))
          .map(([name, { data }]) => [`weights/${name}`, data] as const),
        ...Object.entries(snapshot.faces ?? {}).map(([name, data]) => [`batch/${name}`, data] as const),
      ]),
    }),
  };
}

const NAME = /^events\.out\.tfevents\.(\d{10})\.rxface$/;

/** TensorBoard reads the files of a folder in the order of their names: a later file has a later second, whatever the clock says. */
async function nameOf(folder: string): Promise<string> {
  const before = (await list(folder)).map(({ name }) => Number(NAME.exec(name)?.[1] ?? 0));
  const second = Math.max(Math.floor(Date.now() / 1000), 1 + Math.max(0, ...before));
  return join(folder, `events.out.tfevents.${String(second).padStart(10, '0')}.rxface`);
}

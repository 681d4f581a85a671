import { take } from 'rxjs';
import { batch } from '../../../operators/flow/batch.ts';
import { toEach } from '../../../sinks/each.ts';
import type { IndexedSource } from '../../../sources/indexed.ts';
import { openSource } from '../../../sources/openSource.ts';
import type { Sink, Source } from '../../contracts.ts';
import { OptionError } from '../../errors.ts';
import { free } from '../../bytes/memory.ts';
import { graph, type Graph } from '../../graph.ts';
import type { Batch, Sample } from '../../items.ts';
import { run } from '../../run.ts';
import { workers } from '../../workers.ts';
import { peerResult, spread, type PeerResult, type Spread } from './result.ts';
import { findPeer, startPeer } from './peer.ts';
import { records } from './records.ts';

export interface LoadBenchOptions {
  /** A .rec with its .idx, or what can be made one in a folder of its own for the while. Default: drawn faces. */
  data?: string;
  batch: number;
  /** Batches a round, over as many epochs as they take. */
  batches: number;
  rounds: number;
  /** Threads here, worker processes there. */
  threads: number;
  /** A python that has torch, OpenCV and Pillow; false: none; absent: python3 if it has torch. */
  peer?: string | false;
}

/** One loader. */
export interface LoadRow {
  loader: string;
  augmented: boolean;
  imagesPerSecond: Spread;
  /** Ours over its, round by round; ours has none. */
  ratio?: PeerResult['ratio'];
  /** Resident memory of the process in MB after each of ten epochs, with augmentations; only ours. */
  residentMB?: number[];
}

interface Contender {
  loader: string;
  augmented: boolean;
  /** Images a second over so many batches, the start of threads or processes included. */
  time(batches: number): Promise<number>;
  residentMB?(): Promise<number[]>;
  close(): Promise<void>;
}

const SEED = 7;
/** AdaFace's chances, and the mirror's. */
const ADAFACE = { flip: 0.5, crop: 0.2, rescale: 0.2, photometric: 0.2 };
const DRAWN = { people: 100, perPerson: 60, seed: SEED };
const SIZE = 112;
const EPOCHS = 10;

/**
 * Measures the loader alone: read from a .rec in random order, decoded, placed, augmented as AdaFace does or not, and batched,
 * in turns with a PyTorch DataLoader that does the same with OpenCV and with Pillow.
 *
 * @param say told every round
 * @throws OptionError where the data make no batch
 */
export async function loadRates(options: LoadBenchOptions, say: (line: string) => void): Promise<LoadRow[]> {
  const { rec, leave } = await records(options.data ?? DRAWN, say);
  try {
    const faces = await openSource(rec);
    await faces.open();
    const contenders: Contender[] = [];
    try {
      if (options.batch > faces.length!)
        throw new OptionError('bench', '--batch', `at most the ${faces.length} images`, options.batch);
      const python = options.peer === false ? undefined : await findPeer(options.peer);
      for (const augmented of [false, true]) {
        contenders.push(ours(faces, augmented, options));
        if (python === undefined) continue;
        for (const decode of ['opencv', 'pillow']) contenders.push(await theirs(python, rec, { decode, augmented, ...options })); // prettier-ignore
      }
      return await turns(contenders, { batches: options.batches, rounds: options.rounds, say });
    } finally {
      for (const { close } of contenders) await close();
      await faces.close();
    }
  } finally {
    await leave();
  }
}

async function turns(
  contenders: readonly Contender[],
  { batches, rounds, say }: { batches: number; rounds: number; say: (line: string) => void },
): Promise<LoadRow[]> {
  const rates: number[][] = contenders.map(() => []);
  // The first round warms the caches, of the disk too.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const rate = await contender.time(batches);
      if (round > 0) rates[i]!.push(rate);
    }
    if (round > 0) say(`round ${round}: ${rates.map((own) => Math.round(own.at(-1)!)).join(', ')} images/s`);
  }
  let own = rates[0]!;
  const rows: LoadRow[] = [];
  for (const [i, { loader, augmented, residentMB }] of contenders.entries()) {
    const row: LoadRow = { loader, augmented, imagesPerSecond: spread(rates[i]!) };
    if (residentMB === undefined) row.ratio = peerResult(loader, rates[i]!, own).ratio;
    else own = rates[i]!;
    if (residentMB !== undefined && augmented) row.residentMB = await residentMB();
    rows.push(row);
  }
  return rows;
}

function ours(faces: IndexedSource, augmented: boolean, { batch: count, threads }: LoadBenchOptions): Contender {
  // Without open and close: the index is read once, as that of the DataLoader.
  const held: Source<Sample> = {
    name: faces.name,
    length: faces.length!,
    read: faces.read!.bind(faces),
    [Symbol.asyncIterator]: () => faces[Symbol.asyncIterator](),
  };
  const flow = (first: number, batches: number, sink: Sink<Batch>): Graph => {
    const options = { threads, size: [SIZE, SIZE], ...(augmented && { augment: ADAFACE }) };
    return graph('load', { seed: SEED })
      .source('faces', held, { shuffle: 'full', epochs: Infinity, from: { epoch: first, position: 0 } })
      .pipe('prepare', workers<Sample, Sample>('rxface/operators/prepare', options), { capacity: 2 * count + 32 })
      .pipe('batch', batch(count, { spend: true }), { capacity: 2 })
      .pipe('some', take(batches), { capacity: 1 })
      .sink('count', sink);
  };
  const perEpoch = Math.floor(faces.length! / count);
  let epoch = 0;
  return {
    loader: `rxface, ${threads} threads`,
    augmented,
    async time(batches) {
      let images = 0;
      const timed = flow(
        epoch,
        batches,
        spending(({ labels }) => void (images += labels.length)),
      );
      epoch += Math.ceil(batches / perEpoch);
      const began = performance.now();
      await run(timed);
      return (images * 1000) / (performance.now() - began);
    },
    async residentMB() {
      let batches = 0;
      const resident: number[] = [];
      const weigh = spending(() => {
        if (++batches % perEpoch === 0) resident.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
      });
      await run(flow(0, EPOCHS * perEpoch, weigh));
      return resident;
    },
    close: async () => {},
  };
}

/**
 * Gives a batch's memory back when it has been looked at, as Python does. Left to the collector, half a gigabyte a second sets it
 * off every 30 ms once the process has been idle for a while (V8 lowers its limits then): that takes a third of the processors.
 */
function spending(look: (batch: Batch) => void): Sink<Batch> {
  return toEach<Batch>((batch) => {
    look(batch);
    free(batch.pixels.buffer as ArrayBuffer);
  });
}

async function theirs(
  python: string,
  rec: string,
  told: { decode: string; augmented: boolean; batch: number; threads: number },
): Promise<Contender> {
  const { decode, augmented, batch: count, threads } = told;
  const args = { rec, decode, augment: Number(augmented), batch: count, workers: threads, size: SIZE };
  const words = Object.entries(args).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const { name, time, close } = await startPeer(python, words, 'load.py');
  return { loader: `${name}, ${threads} workers`, augmented, time, close };
}

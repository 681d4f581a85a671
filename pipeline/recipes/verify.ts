import { graph, run, showRun, workers, type Fault, type Progress, type Sample } from 'rxface';
import { toEach } from 'rxface/sinks';
import type { IndexedSource } from 'rxface/sources';
import { withoutStage } from '../describe.ts';

export interface VerifyOptions {
  /** Threads that decode; what is found does not depend on it. Default 2. */
  threads?: number;
  signal?: AbortSignal;
  progress?: Progress;
}

/** What is wrong with a set of faces. */
export interface Verified {
  /** Records read and decoded. */
  records: number;
  seconds: number;
  /** Every record that cannot be used, in the order of the source; first what is wrong with its index. */
  broken: Omit<Fault, 'stage'>[];
}

/** Reads and decodes every record of a source in worker threads, as a training would, and lists what is broken. */
export async function verify(faces: IndexedSource, options: VerifyOptions = {}): Promise<Verified> {
  const { threads = 2, signal, progress } = options;
  await faces.open();
  const broken: Verified['broken'] = (faces.faults ?? []).map(withoutStage);
  const list = toEach<Sample>(({ id, index, damage }) => {
    if (damage !== undefined) broken.push({ ...faces.place(index), index, reason: `'${id}': ${damage}` });
  });
  // Photographs can have megabytes each: the links count them too.
  const flow = graph('verify')
    .source('faces', faces, { capacity: 128, bytes: 2 ** 26 })
    .pipe('verify', workers<Sample>('rxface/operators/verify', { threads }), { capacity: 32 * Math.max(1, threads) })
    .sink('list', list);
  const { nodes, seconds } = await run(flow, {
    ...(signal && { signal }),
    // A damaged index is listed with the rest.
    faults: { count: Infinity },
    onProgress: showRun(progress, { unit: 'records', total: faces.length! }),
  }).finally(() => progress?.end());
  return { records: nodes.at(-1)!.items, seconds, broken };
}

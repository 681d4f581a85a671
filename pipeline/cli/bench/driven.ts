import { Subject } from 'rxjs';
import type { Batch, Stage } from 'rxface';
import type { Benchmark } from './benchmark.ts';

/** A synchronous stage as a benchmark: each step gives it the same images once more. `close` lets go of what belongs to it. */
export function driven<O>(stage: Stage<Batch, O>, images: Batch, close: () => void): Benchmark {
  const batches = new Subject<Batch>();
  let failure: unknown;
  batches.pipe(stage).subscribe({ error: (error: unknown) => (failure = error) });
  return {
    step() {
      batches.next(images);
      if (failure !== undefined) throw failure;
    },
    close() {
      batches.complete();
      close();
    },
  };
}

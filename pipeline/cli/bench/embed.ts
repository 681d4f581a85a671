import { Subject } from 'rxjs';
import type { Batch } from 'rxface';
import { architecture, createModel, embed } from 'rxface/operators';
import type { Benchmark, BenchOptions } from './benchmark.ts';
import { randomBatch } from './randomBatch.ts';

/** Embeddings of random decoded 112x112 images, each once: without the mirrored image, which doubles the work. */
export function open({ model: name, batch, precision }: BenchOptions): Benchmark {
  const model = createModel(architecture(name), { seed: 0, precision });
  const images = randomBatch(batch, 1);
  const batches = new Subject<Batch>();
  let failure: unknown;
  batches.pipe(embed({ model, flip: false })).subscribe({ error: (error: unknown) => (failure = error) });
  return {
    step() {
      batches.next(images);
      if (failure !== undefined) throw failure;
    },
    close() {
      batches.complete();
      model.dispose();
    },
  };
}

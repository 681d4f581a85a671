import { architecture, createModel, embed } from 'rxface/operators';
import type { Benchmark, BenchOptions } from './benchmark.ts';
import { driven } from './driven.ts';
import { randomBatch } from './randomBatch.ts';

/** Embeddings of random decoded 112x112 images, each once: without the mirrored image, which doubles the work. */
export function open({ model: name, batch, precision }: BenchOptions): Benchmark {
  const model = createModel(architecture(name), { seed: 0, precision });
  return driven(embed({ model, flip: false }), randomBatch(batch, 1), () => model.dispose());
}

import { FACTORS, type Batch, type Factor } from '../../items.ts';
import { keyedRandom } from 'rxface/operators';

/** A batch of random decoded images, as `prepare` and `batch` would hand it on. Equal calls give equal batches. */
export function randomBatch(count: number, classes: number, size: readonly [number, number] = [112, 112]): Batch {
  const random = keyedRandom(0, 'bench', 0, 0);
  const below = (n: number) => (): number => Math.floor(random() * n);
  const index = Array.from({ length: count }, (_, i) => i);
  return {
    epoch: 0,
    step: 0,
    pixels: new Uint8Array(count * size[0] * size[1] * 3).map(below(256)),
    size,
    labels: new Int32Array(count).map(below(classes)),
    ids: index.map(String),
    keys: index.map((i) => ({ epoch: 0, position: i, index: i })),
    variation: Object.fromEntries(FACTORS.map((factor) => [factor, new Int32Array(count).fill(-1)])) as Record<
      Factor,
      Int32Array
    >,
  };
}

import { concat, concatMap, defer } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { OptionError, RxfaceError, ShapeError } from '../../pipeline/errors.ts';
import { allocate, free } from '../../pipeline/bytes/memory.ts';
import { FACTORS } from '../../pipeline/items.ts';
import type { Batch, Factor, Sample } from '../../pipeline/items.ts';

const NONE: Batch[] = [];

/**
 * Collects samples into batches of `count`, each in one buffer.
 *
 * In plain words: waits until it has `count` faces of the same epoch, then hands them on as one block of pixels.
 *
 *     a(0) b(0) c(0) d(1) e(1) |        (epoch)
 *     batch(2)
 *     ---- [ab] ------- [de] --|        c is the last partial batch of epoch 0: dropped
 *
 * ```ts
 * from(faces)
 *   .pipe(batch(2))
 *   .subscribe(({ pixels, labels }) => console.log(pixels.length, labels)); // [2, H, W, 3] as one array
 * ```
 *
 * A batch never straddles epochs. Each face is copied once, into the buffer of its batch. Batches are numbered from the
 * position of their epoch's first sample, so that a resumed run goes on counting. In a plain pipe nothing bounds what
 * piles up behind a slow subscriber; in a graph the link does.
 *
 * @param count Samples per batch, at least 1.
 * @param options `partial`: 'drop' (default) the last partial batch of an epoch, as in training, or 'keep' it. `spend`: nobody
 *   else holds the faces, so their memory is given back as soon as all that lie in a buffer are copied, and not left to the
 *   garbage collector, whose work at 15,000 faces a second is a tenth of all. Batches are the subscriber's: see `free`.
 * @return Errors with RxfaceError for a sample without pixels, ShapeError for one of another size than its batch.
 */
export function batch(
  count: number,
  options: { partial?: 'drop' | 'keep'; spend?: boolean } = {},
): Stage<Sample, Batch> {
  const { partial = 'drop', spend = false } = options;
  if (!Number.isInteger(count) || count < 1)
    throw new OptionError('batch', 'count', 'a whole number of at least 1', count);
  if (partial !== 'drop' && partial !== 'keep') throw new OptionError('batch', 'partial', "'drop' or 'keep'", partial);
  const operator = (source: Observable<Sample>): Observable<Batch> =>
    defer(() => {
      let open: Batch | undefined;
      let epoch: number | undefined;
      let step = 0;
      const copied = new WeakMap<ArrayBufferLike, number>();
      const close = (): Batch[] => {
        const closing = open;
        open = undefined;
        if (closing === undefined) return NONE;
        if (closing.keys.length === count) return [closing];
        return partial === 'keep' ? [cut(closing)] : NONE;
      };
      const take = (sample: Sample): Batch[] => {
        const ended = sample.epoch === epoch ? NONE : close();
        if (sample.epoch !== epoch) step = Math.floor(sample.position / count);
        epoch = sample.epoch;
        open ??= begin(sample, step++, count);
        put(sample, open);
        if (spend) spendPixels(sample.pixels!, copied);
        return open.keys.length === count ? [...ended, ...close()] : ended;
      };
      return concat(source.pipe(concatMap(take)), defer(close));
    });
  const label = { in: 'Sample', out: 'Batch', keeps: 'order', asks: count, gives: 1, holds: count - 1, items: count };
  return Object.assign(operator, { label });
}

function begin(first: Sample, step: number, count: number): Batch {
  const size = sized(first).size;
  const variation = {} as Record<Factor, Int32Array>;
  for (const factor of FACTORS) variation[factor] = new Int32Array(count).fill(-1);
  return {
    epoch: first.epoch,
    step,
    pixels: new Uint8Array(allocate(count * size[0] * size[1] * 3)),
    size,
    labels: new Int32Array(count),
    ids: [],
    keys: [],
    variation,
  };
}

function put(sample: Sample, into: Batch): void {
  const { pixels, size } = sized(sample);
  const [height, width] = into.size;
  if (size[0] !== height || size[1] !== width)
    throw new ShapeError(`batch at ${sample.id}`, `[${height}, ${width}]`, size);
  const at = into.keys.length;
  into.pixels.set(pixels, at * height * width * 3);
  into.labels[at] = sample.label;
  into.ids.push(sample.id);
  into.keys.push({ epoch: sample.epoch, position: sample.position, index: sample.index });
  for (const factor of FACTORS) into.variation[factor][at] = sample.variation?.[factor] ?? -1;
}

/** Frees the buffer of these pixels once all that lies in it has been copied. */
function spendPixels({ buffer, byteLength }: Uint8Array, copied: WeakMap<ArrayBufferLike, number>): void {
  const so = (copied.get(buffer) ?? 0) + byteLength;
  if (so < buffer.byteLength) copied.set(buffer, so);
  else if (buffer instanceof ArrayBuffer) free(buffer);
}

function sized(sample: Sample): { pixels: Uint8Array; size: readonly [number, number] } {
  const { pixels, size } = sample;
  if (pixels === undefined || size === undefined)
    throw new RxfaceError(`batch at ${sample.id}: no pixels: prepare samples first`);
  if (pixels.length !== size[0] * size[1] * 3) {
    throw new ShapeError(`batch at ${sample.id}`, `${size[0]} x ${size[1]} x 3 bytes`, [pixels.length]);
  }
  return { pixels, size };
}

/** The same batch, as long as what it holds. */
function cut(partial: Batch): Batch {
  const length = partial.keys.length;
  const bytesEach = partial.size[0] * partial.size[1] * 3;
  const variation = { ...partial.variation };
  for (const factor of FACTORS) variation[factor] = variation[factor].subarray(0, length);
  return {
    ...partial,
    pixels: partial.pixels.subarray(0, length * bytesEach),
    labels: partial.labels.subarray(0, length),
    variation,
  };
}

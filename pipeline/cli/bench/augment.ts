import { blur, BLUR_KERNELS, gaussianBlur } from '../../../operators/augment/blur.ts';
import { crop } from '../../../operators/augment/crop.ts';
import { occlude } from '../../../operators/augment/occlude.ts';
import { photometric } from '../../../operators/augment/photometric.ts';
import { rescale, throughSize } from '../../../operators/augment/rescale.ts';
import { flip } from '../../../operators/image/flip.ts';
import { INTERPOLATIONS } from '../../../operators/image/resize.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { setup } from '../../../operators/prepare.ts';
import { drawnFaces } from '../../../sources/drawnFaces.ts';
import type { IndexedSource } from '../../../sources/indexed.ts';
import { openSource } from '../../../sources/openSource.ts';
import type { Sample } from '../../items.ts';
import type { Pixels } from '../../pixels.ts';
import type { Work } from '../../work.ts';
import { spread, type Spread } from './result.ts';
import { heldFaces } from './heldFaces.ts';

export interface AugmentBenchOptions {
  /** Faces: whatever `inspect` reads. Default: drawn ones. */
  data?: string;
  /** How many of them; all are held in memory. Default 500. */
  images?: number;
  /** Times that everything takes its turn. Default 7. */
  rounds?: number;
}

/** One piece of work on a face, on one thread. */
export interface AugmentRow {
  work: string;
  millisecondsPerImage: Spread;
}

const SEED = 7;
const PER_PERSON = 10;
/** AdaFace's scripts. */
const ADAFACE = { flip: 0.5, crop: 0.2, rescale: 0.2, photometric: 0.2 };

/**
 * Measures what each augmentation costs beside the decoding and placing of the face, and what training pays in all.
 *
 * Everything runs on one thread on the same faces in turn; an augmentation is done to every face, at 112 x 112, each time
 * with draws of its own. A copy of the face is counted to each (37 kB, some microseconds).
 */
export async function augmentTimes(options: AugmentBenchOptions = {}): Promise<AugmentRow[]> {
  const { data, images = 500, rounds = 7 } = options;
  const faces = await heldFaces(await sourceOf(data, images), images);
  const context = { stage: 'prepare', seed: SEED };
  const place = await setup({}, context);
  const placed = await pixelsOf(place, faces);
  const scratch: Pixels = { height: 112, width: 112, data: new Uint8Array(112 * 112 * 3) };
  const onEach = (change: (face: Pixels, random: () => number) => void) => (round: number) => {
    for (const [i, pixels] of placed.entries()) {
      scratch.data.set(pixels);
      change(scratch, keyedRandom(SEED, 'bench', round, i));
    }
  };
  const prepared = (work: Work<Sample, Sample>) => async (epoch: number) =>
    void (await work(faces.map((face) => ({ ...face, epoch }))));
  const work: [string, (round: number) => unknown][] = [
    ['prepare: decode and place', prepared(place)],
    ["prepare: with AdaFace's at 0.2, flip 0.5", prepared(await setup({ augment: ADAFACE }, context))],
    ['flip', onEach((face) => flip(face))],
    ['crop', onEach((face, random) => crop(face, random))],
    ['rescale', onEach((face, random) => rescale(face, random))],
    ...INTERPOLATIONS.map((name): [string, (round: number) => unknown] => [
      `  to 56 pixels and back, ${name}`,
      onEach((face) => throughSize(face, { size: [56, 56], down: name, up: name })),
    ]),
    ['photometric', onEach((face, random) => photometric(face, random))],
    ['photometric with hue', onEach((face, random) => photometric(face, random, { hue: 0.1 }))],
    ['blur', onEach((face, random) => blur(face, random))],
    ...BLUR_KERNELS.map((side): [string, (round: number) => unknown] => [
      `  by kernel ${side}`,
      onEach((face) => gaussianBlur(face, side)),
    ]),
    ['occlude', onEach((face, random) => occlude(face, random))],
  ];
  const times: number[][] = work.map(() => []);
  // The first round is the compiler's.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, [, run]] of work.entries()) {
      const began = performance.now();
      await run(round);
      if (round > 0) times[i]!.push((performance.now() - began) / faces.length);
    }
  }
  return work.map(([name], i) => ({ work: name, millisecondsPerImage: spread(times[i]!) }));
}

function sourceOf(data: string | undefined, images: number): IndexedSource | Promise<IndexedSource> {
  if (data !== undefined) return openSource(data);
  return drawnFaces({ people: Math.ceil(images / PER_PERSON), perPerson: PER_PERSON, seed: SEED });
}

async function pixelsOf(place: Work<Sample, Sample>, faces: Sample[]): Promise<Uint8Array[]> {
  return (await place(faces)).flatMap((result) => ('value' in result ? result.value.pixels! : []));
}

import { augmentTimes } from '../../pipeline/cli/bench/augment.ts';
import type { Sample } from '../../pipeline/items.ts';
import { drawnFaces } from '../../sources/drawnFaces.ts';
import { augmentStatistics } from './augment.ts';
import type { Proof } from './prove.ts';

const PEOPLE = 500;
const PER_PERSON = 20;
const SAID_EVERY = 1000;

/** The long form of augment.test.ts: on drawn faces, with what each augmentation costs. */
export const augmentProof: Proof = {
  claim:
    "AdaFace's augmentations at p = 0.2 (and MvCoM's blur and occlusion) on 10,000 drawn faces: rates and distributions " +
    'of what is drawn are those of the released code, within three standard deviations; the crop by the exact ' +
    'distribution of boxes of whole pixels that fit.',
  async run(say) {
    const source = drawnFaces({ people: PEOPLE, perPerson: PER_PERSON });
    const findings = await augmentStatistics(counted(source, say));
    const times = await augmentTimes();
    return {
      findings,
      notes: times.map(({ work, millisecondsPerImage: { median, min, max } }) => {
        const [middle, least, most] = [median, min, max].map((ms) => ms.toFixed(3));
        return `${work.trim()}: ${middle} ms an image (${least} to ${most})`;
      }),
    };
  },
};

async function* counted(chunks: AsyncIterable<Sample[]>, say: (line: string) => void): AsyncGenerator<Sample[]> {
  let done = 0;
  for await (const chunk of chunks) {
    yield chunk;
    const before = done;
    done += chunk.length;
    if (Math.floor(before / SAID_EVERY) < Math.floor(done / SAID_EVERY)) say(`${done} faces`);
  }
}

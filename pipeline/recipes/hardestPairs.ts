import { RxfaceError, type PairProtocol, type Sample } from 'rxface';
import { contactSheet, coverFaces, imageNames, type PairScores } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { from, lastValueFrom, toArray } from 'rxjs';
import { setup } from '../../operators/prepare.ts';
import { encodeJpeg, type Pixels } from '../pixels.ts';
import { imageName } from './demoPairs.ts';
import type { Variant } from './evaluationName.ts';
import type { HardPair } from './evaluationRecord.ts';
import { pairVariant, variantFaces } from './pairVariant.ts';
import type { Config } from './schema.ts';

/** Faces in a row of a sheet, and their side in pixels. */
const ACROSS = 12;
const TILE = 64;
/** Hardest pairs of each kind: two rows. */
const HARDEST = ACROSS;
/** Pixels between the faces of a pair, and the quality of its JPEG. */
const GAP = 4;
const QUALITY = 88;

/**
 * A PNG of the pairs a model was most wrong about, side by side with their squared distance: first those of one person that
 * lie far apart, then those of two people that lie close.
 */
export async function hardestPairs(
  { model }: Pick<Config, 'model'>,
  faces: IndexedSource,
  { pairs }: PairProtocol,
  scores: PairScores,
): Promise<Uint8Array> {
  await faces.open();
  const rows = new Map(Array.from(faces.labels, (_, i) => [imageName(faces.id(i)), i]));
  const shown = hardestOf(scores, HARDEST);
  const at = shown.flatMap((i) => [rows.get(pairs[i]!.a)!, rows.get(pairs[i]!.b)!]);
  const images = (await prepared(faces, at, { size: model.size })).map(pixelsOf);
  const captions = shown.flatMap((i) => [`${pairs[i]!.same ? 'one' : 'two'}: ${scores.distances[i]!.toFixed(2)}`, '']);
  return contactSheet(images, { columns: ACROSS, tile: TILE, captions });
}

/**
 * The pairs a model was most wrong about, so many of each kind, each as a picture of both faces as the network saw them.
 *
 * @param faces the images of the protocol, open
 */
export async function hardestPictures(
  faces: IndexedSource,
  given: PairProtocol,
  scores: PairScores,
  { size, count, ...variant }: Variant & { size: readonly [number, number]; count: number },
): Promise<HardPair[]> {
  const compared = pairVariant(given, variant, size);
  const { protocol, copies } = compared;
  const { reduce, blur } = variant;
  const named = variantFaces(faces, compared);
  await named.open();
  const { rowOf } = imageNames(protocol);
  const places = new Map(Array.from(named.labels, (_, i) => [rowOf(named.id(i)), i]));
  const shown = hardestOf(scores, count);
  const at = shown.flatMap((i) => [protocol.pairs[i]!.a, protocol.pairs[i]!.b].map((name) => places.get(rowOf(name))!));
  const samples = await prepared(named, at, { size, ...(reduce && { reduce }), ...(blur && { blur }) });
  const blocks = new Map(Array.from(copies, ([id, { block }]) => [id, block]));
  const images = (await lastValueFrom(from(samples).pipe(coverFaces(blocks), toArray()))).map(pixelsOf);
  return Promise.all(
    shown.map(async (pair, i): Promise<HardPair> => {
      const { a, b, same } = protocol.pairs[pair]!;
      const jpeg = await encodeJpeg(sideBySide(images[2 * i]!, images[2 * i + 1]!), QUALITY);
      const similarity = 1 - scores.distances[pair]! / 2;
      return { same, similarity, a, b, jpeg: Buffer.from(jpeg).toString('base64') };
    }),
  );
}

/** Numbers of the pairs that a model was most wrong about: so many of one person that lie far apart, then as many of two that lie close. */
function hardestOf({ distances, same }: PairScores, count: number): number[] {
  const worst = (kind: 0 | 1): number[] =>
    [...distances.keys()]
      .filter((i) => same[i] === kind)
      .toSorted((a, b) => (distances[b]! - distances[a]!) * (kind === 1 ? 1 : -1))
      .slice(0, count);
  return [...worst(1), ...worst(0)];
}

async function prepared(faces: IndexedSource, at: readonly number[], options: object): Promise<Sample[]> {
  const prepare = await setup({ ...options }, { stage: 'prepare', seed: 0 });
  return (await prepare(await faces.read(Int32Array.from(at)))).map((result): Sample => {
    // Scored a moment ago: none is broken.
    if ('fault' in result) throw new RxfaceError(result.fault.reason);
    return result.value;
  });
}

function pixelsOf({ pixels, size }: Sample): Pixels {
  return { height: size![0], width: size![1], data: pixels! };
}

/** Two faces of one size in one picture, a white line between them. */
function sideBySide(left: Pixels, right: Pixels): Pixels {
  const width = left.width + GAP + right.width;
  const data = new Uint8Array(left.height * width * 3).fill(255);
  for (let y = 0; y < left.height; y++) {
    const row = y * left.width * 3;
    data.set(left.data.subarray(row, row + left.width * 3), y * width * 3);
    data.set(right.data.subarray(row, row + right.width * 3), (y * width + left.width + GAP) * 3);
  }
  return { height: left.height, width, data };
}

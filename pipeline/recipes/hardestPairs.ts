import { RxfaceError, type PairProtocol } from 'rxface';
import { contactSheet, type PairScores } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { setup } from '../../operators/prepare.ts';
import type { Pixels } from '../pixels.ts';
import { imageName } from './demoPairs.ts';
import type { Config } from './schema.ts';

/** Faces in a row of a sheet, and their side in pixels. */
const ACROSS = 12;
const TILE = 64;
/** Hardest pairs of each kind: two rows. */
const HARDEST = ACROSS;

/**
 * A PNG of the pairs a model was most wrong about, side by side with their squared distance: first those of one person that
 * lie far apart, then those of two people that lie close.
 */
export async function hardestPairs(
  { model, train }: Pick<Config, 'model' | 'train'>,
  faces: IndexedSource,
  { pairs }: PairProtocol,
  { distances }: PairScores,
): Promise<Uint8Array> {
  await faces.open();
  const rows = new Map(Array.from(faces.labels, (_, i) => [imageName(faces.id(i)), i]));
  const worst = (same: boolean): number[] =>
    [...pairs.keys()]
      .filter((i) => pairs[i]!.same === same)
      .toSorted((a, b) => (distances[b]! - distances[a]!) * (same ? 1 : -1))
      .slice(0, HARDEST);
  const shown = [...worst(true), ...worst(false)];
  const at = Int32Array.from(shown.flatMap((i) => [rows.get(pairs[i]!.a)!, rows.get(pairs[i]!.b)!]));
  const prepare = await setup({ size: model.size }, { stage: 'prepare', seed: train.seed });
  const images = (await prepare(await faces.read(at))).map((result): Pixels => {
    // Scored a moment ago: none is broken.
    if ('fault' in result) throw new RxfaceError(result.fault.reason);
    const { pixels, size } = result.value;
    return { height: size![0], width: size![1], data: pixels! };
  });
  const captions = shown.flatMap((i) => [`${pairs[i]!.same ? 'one' : 'two'}: ${distances[i]!.toFixed(2)}`, '']);
  return contactSheet(images, { columns: ACROSS, tile: TILE, captions });
}

import { augment } from '../../operators/augment/augment.ts';
import type { Drawn } from '../../operators/augment/augment.ts';
import { BLUR_KERNELS } from '../../operators/augment/blur.ts';
import { OCCLUSION_BLOCKS } from '../../operators/augment/occlude.ts';
import { augmentSettings } from '../../operators/augment/settings.ts';
import { align } from '../../operators/image/align.ts';
import { contactSheet } from '../../operators/image/contactSheet.ts';
import { loadDecoder } from '../../operators/image/decode.ts';
import { setup } from '../../operators/prepare.ts';
import type { IndexedSource } from '../../sources/indexed.ts';
import type { Sample } from '../items.ts';
import type { Pixels } from '../pixels.ts';
import type { Config } from '../recipes/config.ts';
import { ON_SHEET } from './inspection.ts';
import { say } from './program.ts';

const ALIGNED = 112;
/** Columns of the sheet of augmentations: the face as it is, then one draw of each epoch. */
const COLUMNS = 10;

/** A PNG of images spread over a source, aligned where there are points. */
export async function sourceSheet(source: IndexedSource): Promise<Uint8Array> {
  const decode = await loadDecoder();
  const images: Pixels[] = [];
  const captions: string[] = [];
  for (const sample of await spread(source, ON_SHEET)) {
    try {
      const pixels = await decode(sample.bytes ?? new Uint8Array());
      const face = { height: ALIGNED, width: ALIGNED, data: new Uint8Array(ALIGNED * ALIGNED * 3) };
      if (sample.points) align(pixels, sample.points, face);
      images.push(sample.points ? face : pixels);
      captions.push(source.classes?.[sample.label] ?? sample.id);
    } catch (error) {
      leftOut(sample, (error as Error).message);
    }
  }
  return contactSheet(images, { captions });
}

/**
 * A PNG of what training makes of faces: in each row one face, first as it is, then as it comes out of `prepare` in one
 * epoch after another, with what was done to it underneath.
 *
 * The draws are those of the config's seed at the face's place in the source; training, which shuffles, draws others.
 */
export async function augmentSheet(
  source: IndexedSource,
  { model, augment: chances, train }: Config,
): Promise<Uint8Array> {
  const { seed } = train;
  const context = { stage: 'prepare', seed };
  const place = await setup({ size: model.size }, context);
  const prepare = await setup({ size: model.size, augment: chances }, context);
  const settings = augmentSettings(chances, context.stage);
  const images: Pixels[] = [];
  const captions: string[] = [];
  for (const face of await spread(source, ON_SHEET / COLUMNS)) {
    const [plain] = await place([face]);
    if ('fault' in plain!) {
      leftOut(face, plain.fault.reason);
      continue;
    }
    images.push(imageOf(plain!.value));
    captions.push(source.classes?.[face.label] ?? face.id);
    const draws = Array.from({ length: COLUMNS - 1 }, (_, epoch) => ({ ...face, epoch }));
    for (const [epoch, result] of (await prepare(draws)).entries()) {
      if ('fault' in result) continue;
      images.push(imageOf(result.value));
      const again = imageOf(plain!.value);
      const { drawn } = augment({ ...again, data: again.data.slice() }, {}, settings, {
        seed,
        epoch,
        position: face.position,
      });
      captions.push(said(drawn));
    }
  }
  return contactSheet(images, { columns: COLUMNS, captions });
}

/** What was done to a face, short enough to stand under it: 'crop 30px light flip'. */
function said({ crop, rescale, photometric, flip, blur, occlude }: Drawn): string {
  const words = [
    crop && 'crop',
    rescale && `${rescale.size[0]}px`,
    photometric && 'light',
    flip && 'flip',
    blur !== undefined && `blur${BLUR_KERNELS[blur]}`,
    occlude && `block${OCCLUSION_BLOCKS[occlude.level]}`,
  ];
  return words.filter(Boolean).join(' ');
}

function leftOut({ id }: Sample, reason: string): void {
  say(`rxface: not on the sheet: '${id}': ${reason}`);
}

/** Up to `most` images at equal distances; each stands at the position of its index. */
async function spread(source: IndexedSource, most: number): Promise<Sample[]> {
  await source.open();
  const length = source.length ?? 0;
  const shown = Math.min(most, length);
  return source.read(Int32Array.from({ length: shown }, (_, i) => Math.floor((i * length) / shown)));
}

function imageOf({ pixels, size }: Sample): Pixels {
  return { height: size![0], width: size![1], data: pixels! };
}

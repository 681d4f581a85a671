import { augment } from '../../operators/augment/augment.ts';
import type { Drawn } from '../../operators/augment/augment.ts';
import { BLUR_KERNELS } from '../../operators/augment/blur.ts';
import type { CropBox } from '../../operators/augment/crop.ts';
import { OCCLUSION_BLOCKS } from '../../operators/augment/occlude.ts';
import type { Occlusion } from '../../operators/augment/occlude.ts';
import type { Adjustment } from '../../operators/augment/photometric.ts';
import type { Rescale } from '../../operators/augment/rescale.ts';
import { augmentSettings } from '../../operators/augment/settings.ts';
import { INTERPOLATIONS } from '../../operators/image/resize.ts';
import { setup } from '../../operators/prepare.ts';
import type { Sample } from '../../pipeline/items.ts';
import type { Pixels } from '../../pipeline/pixels.ts';
import type { Result } from '../../pipeline/work.ts';
import { boxes, overBoxes } from './boxes.ts';
import {
  evenly,
  middling,
  momentsOf,
  rate,
  spreadOf,
  uniform,
  unrelated,
  type Finding,
  type Outcome,
} from './finding.ts';

const SIDE = 112;
/** AdaFace's scripts, and MvCoM's two with the same chance. */
const CHANCES = { crop: 0.2, rescale: 0.2, photometric: 0.2, flip: 0.5, blur: 0.2, occlude: 0.2 };
const SEED = 7;

/**
 * What `prepare` draws for faces of 112 x 112 with AdaFace's augmentations at p = 0.2 (and MvCoM's), beside the
 * distributions of the released code (AdaFace's dataset/augmenter.py, which draws by torchvision's get_params).
 *
 * What is counted is what `augment` says that it did; that it is also what `prepare` did is held face by face.
 *
 * @param faces In chunks, every position once.
 */
export async function augmentStatistics(faces: AsyncIterable<Sample[]> | Iterable<Sample[]>): Promise<Finding[]> {
  const context = { stage: 'prepare', seed: SEED };
  const place = await setup({}, context);
  const prepare = await setup({ augment: CHANCES }, context);
  const settings = augmentSettings(CHANCES, context.stage);
  const drawn: Drawn[] = [];
  const later: Drawn[] = [];
  let otherwise = 0;
  for await (const chunk of faces) {
    const placed = await place(chunk);
    for (const [i, result] of (await prepare(chunk)).entries()) {
      const { position } = chunk[i]!;
      const face = pixelsOf(placed[i]!);
      drawn.push(augment(face, {}, settings, { seed: SEED, epoch: 0, position }).drawn);
      if (Buffer.compare(face.data, pixelsOf(result).data) !== 0) otherwise += 1;
      later.push(augment(DOT, {}, settings, { seed: SEED, epoch: 1, position }).drawn);
    }
  }
  return [
    { what: 'faces that prepare changed otherwise than augment says', expected: 0, measured: otherwise, sigma: 0 },
    ...ofRates(drawn, later),
    ...ofCrop(present(drawn, 'crop')),
    ...ofRescale(present(drawn, 'rescale')),
    ...ofPhotometric(present(drawn, 'photometric')),
    ...evenly(
      'blur by kernel',
      present(drawn, 'blur').map((level) => BLUR_KERNELS[level]!),
      BLUR_KERNELS,
    ),
    ...ofOcclude(present(drawn, 'occlude')),
  ];
}

/** Where only the coins matter. */
const DOT: Pixels = { height: 1, width: 1, data: new Uint8Array(3) };

function pixelsOf(result: Result<Sample>): Pixels {
  if ('fault' in result) throw new Error(result.fault.reason);
  return { height: SIDE, width: SIDE, data: result.value.pixels! };
}

function present<Name extends keyof Drawn>(drawn: readonly Drawn[], name: Name): NonNullable<Drawn[Name]>[] {
  return drawn.map((one) => one[name]).filter((one) => one !== undefined);
}

/** Each by its own coin, tossed anew in each epoch. */
function ofRates(drawn: readonly Drawn[], later: readonly Drawn[]): Finding[] {
  const n = drawn.length;
  const names = Object.keys(CHANCES) as (keyof typeof CHANCES)[];
  const both = (name: keyof Drawn): Drawn[] =>
    drawn.filter((one, i) => one[name] !== undefined && later[i]![name] !== undefined);
  const ofThree = drawn.map((one) => [one.crop, one.rescale, one.photometric].filter(Boolean).length);
  const none = ofThree.filter((count) => count === 0);
  const all = ofThree.filter((count) => count === 3);
  return [
    ...names.map((name) => rate(name, present(drawn, name).length, n, CHANCES[name])),
    rate('none of crop, rescale, photometric', none.length, n, 0.8 ** 3),
    rate('all three of them', all.length, n, 0.2 ** 3),
    ...names.map((name) => rate(`${name} in both of two epochs`, both(name).length, n, CHANCES[name] ** 2)),
  ];
}

function ofCrop(drawn: readonly CropBox[]): Finding[] {
  const reference = boxes(SIDE);
  const area = ({ width, height }: Size): number => (width * height) / SIDE ** 2;
  const aspect = ({ width, height }: Size): number => Math.log(width / height);
  const band = (box: Size): string => BANDS.find(({ below }) => area(box) < below)!.name;
  return [
    ...spreadOf('crop, share of the area', drawn.map(area), momentsOf(overBoxes(reference, area))),
    ...BANDS.map(({ name }) => {
      const chance = reference.reduce((sum, box) => sum + (band(box) === name ? box.chance : 0), 0);
      return rate(`crop, share of the area ${name}`, drawn.filter((box) => band(box) === name).length, drawn.length, chance); // prettier-ignore
    }),
    ...spreadOf('crop, log of width over height', drawn.map(aspect), momentsOf(overBoxes(reference, aspect))),
    middling('crop, left', drawn.map(({ left, width }) => ({ at: left, room: SIDE - width }))), // prettier-ignore
    middling('crop, top', drawn.map(({ top, height }) => ({ at: top, room: SIDE - height }))), // prettier-ignore
  ];
}

type Size = Pick<CropBox, 'width' | 'height'>;
const BANDS = [
  { name: 'under 0.25', below: 0.25 },
  { name: '0.25 to 0.4', below: 0.4 },
  { name: '0.4 to 0.6', below: 0.6 },
  { name: '0.6 to 0.8', below: 0.8 },
  { name: 'over 0.8', below: Infinity },
];

/** Sides of int(r 112) for r of U(0.2, 1): 22, of which only a part can be drawn, to 111. */
function ofRescale(drawn: readonly Rescale[]): Finding[] {
  const sides: Outcome[] = [];
  for (let side = Math.floor(0.2 * SIDE); side < SIDE; side++) {
    sides.push({ value: side, chance: ((side + 1) / SIDE - Math.max(side / SIDE, 0.2)) / 0.8 });
  }
  const [least, most] = [sides[0]!.value, sides.at(-1)!.value];
  const n = drawn.length;
  const side = drawn.map(({ size }) => size[0]);
  const down = drawn.map((one) => one.down);
  const up = drawn.map((one) => one.up);
  const wrong = drawn.filter(({ size: [height, width] }) => height !== width || height < least || height > most);
  const same = down.filter((name, i) => name === up[i]);
  const small = (value: number): boolean => value < 28;
  const smallChance = sides.reduce((sum, { value, chance }) => sum + (small(value) ? chance : 0), 0);
  return [
    { what: `rescale, sides not both the same of ${least} to ${most}`, expected: 0, measured: wrong.length, sigma: 0 },
    ...spreadOf('rescale, side', side, momentsOf(sides)),
    rate('rescale, side under 28', side.filter(small).length, n, smallChance),
    ...evenly('rescale, down by', down, INTERPOLATIONS),
    ...evenly('rescale, up by', up, INTERPOLATIONS),
    rate('rescale, both ways by the same', same.length, n, 1 / INTERPOLATIONS.length),
  ];
}

function ofPhotometric(drawn: readonly Adjustment[][]): Finding[] {
  const kinds = ['brightness', 'contrast', 'saturation'] as const;
  const amounts = kinds.map((kind) => drawn.map((changes) => changes.find((change) => change.kind === kind)!.amount));
  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].map((order) => order.map((i) => kinds[i]!).join(', ')); // prettier-ignore
  return [
    ...kinds.flatMap((kind, i) => spreadOf(`photometric, ${kind}`, amounts[i]!, uniform(0.5, 1.5))),
    ...evenly(
      'photometric, order',
      drawn.map((changes) => changes.map(({ kind }) => kind).join(', ')),
      orders,
    ),
    unrelated('photometric, brightness and contrast', amounts[0]!, amounts[1]!),
    unrelated('photometric, brightness and saturation', amounts[0]!, amounts[2]!),
    unrelated('photometric, contrast and saturation', amounts[1]!, amounts[2]!),
  ];
}

function ofOcclude(drawn: readonly Occlusion[]): Finding[] {
  const room = ({ level }: Occlusion): number => SIDE - OCCLUSION_BLOCKS[level]!;
  return [
    ...evenly(
      'occlude by block',
      drawn.map(({ level }) => OCCLUSION_BLOCKS[level]!),
      OCCLUSION_BLOCKS,
    ),
    middling(
      'occlude, left',
      drawn.map((one) => ({ at: one.left, room: room(one) })),
    ),
    middling(
      'occlude, top',
      drawn.map((one) => ({ at: one.top, room: room(one) })),
    ),
  ];
}

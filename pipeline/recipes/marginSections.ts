import { ETHNICITIES, type Factor } from 'rxface';
import { BLUR_KERNELS, OCCLUSION_BLOCKS } from 'rxface/operators';
import { linePlot, type Picture, type Section, type Series, type Table } from 'rxface/sinks';
import { isTail, ownOf, type ClassFigures, type MarginFigures, type VariationFigures } from './marginFigures.ts';
import type { VolumeLoss } from './marginLoss.ts';
import type { MarginRecord, MarginRecords } from './marginRecords.ts';

/** What a report of margins shows. */
export interface ShownMargins {
  figures: MarginFigures;
  records: readonly MarginRecord[];
  steps: MarginRecords['steps'];
  losses: readonly VolumeLoss[];
  pictures: Partial<Record<Factor, Picture[]>>;
}

const BINS = 40;

/** What was recorded, in a sentence. */
export function marginLead({ figures, steps }: ShownMargins): string {
  const { count, first, last } = steps;
  return (
    `Residuals of ${figures.faces.toLocaleString('en-GB')} faces, each as the last of ${count} recorded steps (${first} to ${last}) ` +
    'that had it saw it. A residual is added to the margin for one iteration; the next begins anew at none.'
  );
}

export function marginSections(shown: ShownMargins): Section[] {
  return [volumeSection(shown), ...shown.figures.variations.map((variation) => variationSection(variation, shown))];
}

function volumeSection({ figures: { volumes }, losses }: ShownMargins): Section {
  const at = (images: readonly [number, number]): number => (images[0] + images[1]) / 2;
  const line = (name: string, of: (one: (typeof volumes)[number]) => number): Series => ({
    name,
    points: volumes.map((one) => [at(one.images), of(one)]),
  });
  const x = { label: 'images of a person', whole: true };
  const lossPlot = (title: string, of: 'own' | 'same'): string =>
    linePlot({
      title,
      x,
      y: { label: 'cross entropy' },
      series: named(losses).map(({ name, points }) => ({ name, points: points.map((one) => [one.images, one[of]]) })),
    });
  return {
    title: 'By class volume',
    text:
      'People with few images are the tail. Training loss is of the recorded faces as the step saw them, margin and residual included. The ' +
      'other two curves are of one set of faces for all runs, of the training set and without augmentation (no other images of these ' +
      'people are known): with the margin each run was trained with, which makes losses of unlike methods incomparable, and with one for all.',
    table: {
      head: ['images of a person', 'people', 'faces', 'margin of the class', 'with residual', 'mean residual', 'training loss'],
      rows: volumes.map(({ images: [least, most], people, faces, classMargin, margin, residual, loss }) => [
        least === most ? `${least}` : `${least} to ${most}`,
        `${people}`,
        `${faces}`,
        classMargin.toFixed(4),
        margin.toFixed(4),
        signed(residual),
        loss.toFixed(3),
      ]),
    }, // prettier-ignore
    plots: [
      linePlot({
        title: 'Margin by class volume',
        x,
        y: { label: 'cosine' },
        series: [line('of the class', (one) => one.classMargin), line('with residual', (one) => one.margin)],
      }),
      linePlot({ title: 'Residual by class volume', x, y: { label: 'mean' }, series: [line('residual', (one) => one.residual)] }), // prettier-ignore
      lossPlot('Loss with the own margin by class volume', 'own'),
      lossPlot('Loss with one margin (0.35) by class volume', 'same'),
    ],
  };
}

/** Runs by their method, and where two have the same one by their folder too. */
function named(losses: readonly VolumeLoss[]): { name: string; points: VolumeLoss['points'] }[] {
  return losses.map(({ method, run, points }) => ({
    name: losses.filter((one) => one.method === method).length > 1 ? `${method} (${run})` : method,
    points,
  }));
}

function variationSection(variation: VariationFigures, { records, pictures }: ShownMargins): Section {
  const { factor, all, classes } = variation;
  const known = records.filter((record) => ownOf(record, factor) !== undefined);
  const values = (rows: readonly MarginRecord[]): number[] => rows.map((record) => ownOf(record, factor)!);
  const [tail, rest] = [true, false].map((which) => known.filter((one) => isTail(variation, one, factor) === which)) as [MarginRecord[], MarginRecord[]]; // prettier-ignore
  const groups =
    tail.length > 0 && rest.length > 0
      ? [['tail classes', values(tail)], ['head classes', values(rest)]] as const
      : [['all faces', values(known)]] as const; // prettier-ignore
  const text =
    classes.length === 0
      ? `No face of the training set has a label of ${factor}: the classifier learned from the meta set, and what it asks of each face is shown without a class.`
      : 'A class is of the tail where fewer recorded faces have it than if all classes were equally frequent. Own: what this variation alone ' +
        'asks for, before clamps; total: what was added to the margin, of all variations together.';
  return {
    title: factor[0]!.toUpperCase() + factor.slice(1),
    text: `${text} Over all ${all.faces} faces its own residual has mean ${signed(all.mean)} and deviation ${all.deviation.toFixed(4)}; ${percent(all.positive)} are above zero.`,
    ...(classes.length > 0 && { table: classTable(factor, classes) }),
    plots: [histogram(`Residuals by ${factor}`, groups)],
    ...(pictures[factor] && { pictures: pictures[factor] }),
  };
}

function classTable(factor: Factor, classes: readonly ClassFigures[]): Table {
  return {
    head: ['class', 'tail or head', 'faces', 'own, mean', 'own, deviation', 'own above zero', 'total, mean'],
    rows: classes.map(({ class: label, tail, own, residual }) => [
      `${label}: ${className(factor, label)}`,
      tail ? 'tail' : 'head',
      `${own.faces}`,
      signed(own.mean),
      own.deviation.toFixed(4),
      percent(own.positive),
      signed(residual.mean),
    ]),
  };
}

function className(factor: Factor, label: number): string {
  switch (factor) {
    case 'ethnicity':
      return ETHNICITIES[label]!;
    case 'pose':
      return `yaw ${30 * (label - 3)} degrees`;
    case 'blur':
      return `kernel ${BLUR_KERNELS[label]}`;
    case 'occlusion':
      return `block ${OCCLUSION_BLOCKS[label]}`;
  }
}

/** Shares of each group by bins that all of them have in common, as stepped lines. */
function histogram(title: string, groups: readonly (readonly [name: string, values: readonly number[]])[]): string {
  const sorted = groups.flatMap(([, values]) => values).toSorted((a, b) => a - b);
  // The outermost values would leave one bin for all the others: what lies beyond ends up in the last ones.
  const [low, high] = [0.005, 0.995].map((q) => sorted[Math.round(q * (sorted.length - 1))]!) as [number, number];
  const width = (high - low) / BINS || 1;
  const series = groups.map(([name, values]): Series => {
    const counts = new Array<number>(BINS).fill(0);
    for (const value of values) counts[Math.max(0, Math.min(BINS - 1, Math.floor((value - low) / width)))]!++;
    const points = counts.flatMap((count, bin) =>
      [bin, bin + 1].map((edge) => [low + edge * width, count / values.length] as const),
    );
    return { name: `${name} (${values.length})`, points };
  });
  return linePlot({ title, x: { label: 'residual' }, y: { label: 'share of the faces', percent: true }, series });
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

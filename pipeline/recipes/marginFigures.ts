import { FACTORS, type Factor } from 'rxface';
import { VARIATION_CLASSES } from 'rxface/operators';
import type { MarginRecord } from './marginRecords.ts';

/** Mean, population standard deviation and share above zero of some residuals. */
export interface ResidualSummary {
  faces: number;
  mean: number;
  deviation: number;
  positive: number;
}

/** One class of a variation: what all variations together, and this one alone, gave its faces. */
export interface ClassFigures {
  class: number;
  /** Rarer than if all classes were equally frequent. */
  tail: boolean;
  residual: ResidualSummary;
  own: ResidualSummary;
}

export interface VariationFigures {
  factor: Factor;
  /** Of all recorded faces, also those without a label of it. */
  all: ResidualSummary;
  /** Classes that recorded faces have; none where the training set has no labels. */
  classes: ClassFigures[];
  /** Indices in the training set by this variation's residual, at most so many, the most extreme first. */
  largest: number[];
  smallest: number[];
}

/** People with about as many images each. */
export interface VolumeFigures {
  /** Images of a person, least and most. */
  images: [least: number, most: number];
  people: number;
  faces: number;
  /** Margin of the class alone, and with what the variations added, in cosine units. */
  classMargin: number;
  margin: number;
  residual: number;
  /** Mean of -log P with the margin: the loss each face had in training. */
  loss: number;
}

export interface MarginFigures {
  faces: number;
  variations: VariationFigures[];
  volumes: VolumeFigures[];
}

/** Groups of people by how many images they have. */
const VOLUMES = 8;

/**
 * What margins came to: by variation and its classes, by how many images a person has, and which faces lie at the ends.
 *
 * @param counts images of each person, by label
 * @param perCosine residuals to a unit of cosine: the scale where margins are in logit units, else 1
 * @param ends how many faces of either end of a variation are named
 */
export function marginFigures(
  records: readonly MarginRecord[],
  counts: ArrayLike<number>,
  { perCosine = 1, ends = 16 }: { perCosine?: number; ends?: number } = {},
): MarginFigures {
  const factors = FACTORS.filter((factor) => records.some((record) => ownOf(record, factor) !== undefined));
  return {
    faces: records.length,
    variations: factors.map((factor) => variationOf(factor, records, ends)),
    volumes: volumesOf(records, counts, perCosine),
  };
}

/** What one variation asks of a face, before clamps. */
export function ownOf(record: MarginRecord, factor: Factor): number | undefined {
  return record[`residual.${factor}`];
}

/** Whether a face is of a class rarer than the even share; undefined without a label. */
export function isTail({ classes }: VariationFigures, record: MarginRecord, factor: Factor): boolean | undefined {
  return classes.find((one) => one.class === record.variation[factor])?.tail;
}

function variationOf(factor: Factor, records: readonly MarginRecord[], ends: number): VariationFigures {
  const known = records.filter((record) => ownOf(record, factor) !== undefined);
  const labelled = known.filter(({ variation }) => variation[factor] !== undefined);
  const classes = Array.from({ length: VARIATION_CLASSES[factor] }, (_, label): ClassFigures => {
    const own = labelled.filter(({ variation }) => variation[factor] === label);
    return {
      class: label,
      tail: own.length < labelled.length / VARIATION_CLASSES[factor],
      residual: summary(own.map(({ residual }) => residual)),
      own: summary(own.map((record) => ownOf(record, factor)!)),
    };
  });
  const sorted = known.toSorted((a, b) => ownOf(b, factor)! - ownOf(a, factor)! || a.index - b.index);
  const indices = sorted.map(({ index }) => index);
  return {
    factor,
    all: summary(known.map((record) => ownOf(record, factor)!)),
    classes: classes.filter(({ residual }) => residual.faces > 0),
    largest: indices.slice(0, ends),
    smallest: indices.toReversed().slice(0, ends),
  };
}

/** Groups of about as many faces each, from the people with the fewest images to those with the most; nobody is in two of them. */
function volumesOf(records: readonly MarginRecord[], counts: ArrayLike<number>, perCosine: number): VolumeFigures[] {
  const sorted = records.toSorted((a, b) => counts[a.label]! - counts[b.label]!);
  const groups: MarginRecord[][] = [];
  for (const record of sorted) {
    const group = groups.at(-1);
    const same = group && counts[group.at(-1)!.label] === counts[record.label];
    if (group && (same || group.length < records.length / VOLUMES)) group.push(record);
    else groups.push([record]);
  }
  return groups.map((group) => {
    const mean = (of: (record: MarginRecord) => number): number =>
      group.reduce((sum, record) => sum + of(record), 0) / group.length;
    const margin = mean((record) => record.margin);
    const residual = mean((record) => record.residual);
    return {
      images: [counts[group[0]!.label]!, counts[group.at(-1)!.label]!],
      people: new Set(group.map(({ label }) => label)).size,
      faces: group.length,
      classMargin: margin - residual / perCosine,
      margin,
      residual,
      loss: mean(({ probability }) => -Math.log(Math.max(probability, Number.MIN_VALUE))),
    };
  });
}

function summary(values: readonly number[]): ResidualSummary {
  const faces = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / faces;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const positive = values.filter((x) => x > 0).length / faces;
  return { faces, mean, deviation: Math.sqrt(squares / faces), positive };
}

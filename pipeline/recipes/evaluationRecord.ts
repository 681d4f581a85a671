import type { CmcCurve, Interval, RejectCurve, RocCurve, ScoreHistogram, ThresholdAtFar } from 'rxface/operators';
import { FormatError } from '../errors.ts';
import { readText } from '../files/read.ts';

const FORMAT = 'rxface evaluation 1';

/** One figure of an evaluation; rates are fractions. */
export interface Figure {
  name: string;
  value: number;
  /** It is a rate, shown in percent. */
  rate?: boolean;
  /** 95 %. */
  interval?: Interval;
  /** Standard deviation over folds. */
  spread?: number;
}

/** Two faces about which a model was wrong. */
export interface HardPair {
  same: boolean;
  similarity: number;
  /** Names of the images. */
  a: string;
  b: string;
  /** Both, side by side: a JPEG in base64. */
  jpeg: string;
}

/** What one model did on one protocol: all that a report shows of it, as the file beside the report keeps it. */
export interface EvaluationRecord {
  format: typeof FORMAT;
  /** 'lfw', 'ijbc', 'tinyface', ... */
  protocol: string;
  /** What was scored: the model, or the file of its embeddings. */
  model: string;
  /** Milliseconds since 1970. */
  at: number;
  /** What was compared: '6,000 pairs'. */
  trials: string;
  /** Switches and the like. */
  facts: [name: string, value: string][];
  figures: Figure[];
  /** What the intervals are of: 'bootstrap over people'. */
  intervals: string;
  roc?: RocCurve & { interval?: Interval[] };
  histogram?: ScoreHistogram;
  cmc?: CmcCurve;
  reject?: RejectCurve;
  atFar?: ThresholdAtFar;
  hardest?: HardPair[];
  /** False match rates of each group of people at thresholds for everybody, which let through these shares of all pairs. */
  groups?: { far: number[]; fmr: { name: string; rates: number[] }[] };
}

/** A record of now. */
export function evaluationRecord(given: Omit<EvaluationRecord, 'format' | 'at'>): EvaluationRecord {
  return { format: FORMAT, at: Date.now(), ...given };
}

/** Reads what `--report` wrote beside a report: a record, or several of one model. @throws FileError; FormatError for anything else */
export async function readRecords(path: string): Promise<EvaluationRecord[]> {
  const text = await readText(path);
  const expected = 'an evaluation as evaluate --report writes it beside a report (.json)';
  let found: (Partial<EvaluationRecord> | null)[];
  try {
    found = [JSON.parse(text)].flat();
  } catch {
    throw new FormatError(path, undefined, expected);
  }
  if (found.length === 0) throw new FormatError(path, undefined, expected);
  for (const one of found)
    if (one?.format !== FORMAT || !Array.isArray(one.figures))
      throw new FormatError(path, undefined, expected, one?.format);
  return found as EvaluationRecord[];
}

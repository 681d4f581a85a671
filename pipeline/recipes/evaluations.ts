import type { Progress } from 'rxface';
import {
  Model,
  rocCurve,
  verification,
  type PairScores,
  type RocCurve,
  type VerificationResult,
} from 'rxface/operators';
import { stat } from '../files/read.ts';
import { openAppender } from '../files/write.ts';
import { dataPath } from './data.ts';
import { readPairs, scorePairs } from './evaluate.ts';
import { evaluationName } from './evaluationName.ts';
import { pairVariant } from './pairVariant.ts';
import type { RunFolder } from './runFolder.ts';
import type { Config, EvaluationConfig } from './schema.ts';

/** One evaluation of a run; everything but `time` is the same in equal runs. */
export interface EvaluationLine extends VerificationResult {
  /** 'lfw', or 'lfw-20px' where the faces were reduced to 20 pixels; see `evaluationName`. */
  protocol: string;
  /** Epochs done. */
  epoch: number;
  /** Updates done. */
  step: number;
  roc: RocCurve;
  time: { at: number; seconds: number };
}

/** Looks whether everything that will be evaluated on is there, before hours of training. @throws FileError where not; OptionError for folds that a protocol has not */
export async function checkEvaluations({ evaluate, data, model }: Config): Promise<void> {
  for (const { protocol, data: images, pairs, every: _, ...variant } of evaluate) {
    await stat(dataPath(images, data.root));
    const file = dataPath(pairs, data.root);
    await stat(file);
    if (variant.folds !== undefined) pairVariant(await readPairs(protocol, file), variant, model.size);
  }
}

/**
 * Evaluates on what is due after this many epochs, and has not been evaluated before a resumption, and writes it down.
 *
 * @param epoch epochs done
 */
export async function evaluateEpoch(
  epoch: number,
  course: {
    config: Config;
    training: { model: Model; folder: RunFolder };
    /** Takes the new lines. */
    evaluations: EvaluationLine[];
    steps: number;
    stop: AbortSignal | undefined;
    progress: Progress;
  },
): Promise<void> {
  const { config, training, evaluations, steps: step, stop, progress } = course;
  const due = dueEvaluations(config, evaluations, { epoch, step });
  // The same parameters, computed as `rxface evaluate` would: the figures of one checkpoint are the same in both places.
  const { architecture, params } = training.model;
  const model = new Model(architecture, 'float32', params);
  for (const spec of due) {
    const began = performance.now();
    const { every: _, ...evaluation } = spec;
    const scores = await scorePairs(model, {
      ...evaluation,
      data: dataPath(spec.data, config.data.root),
      pairs: dataPath(spec.pairs, config.data.root),
      threads: config.train.threads,
      progress,
      ...(stop && { signal: stop }),
    }).catch((error: unknown) => {
      // Asked to stop: what is missing is made up for when the run is resumed.
      if (stop?.aborted) return undefined;
      throw error;
    });
    if (scores === undefined) return;
    const line = evaluationLine(scores, { epoch, step, seconds: (performance.now() - began) / 1000 });
    evaluations.push(line);
    await appendLine(training.folder.evaluations, line);
    const best = bestStep(evaluations, line.protocol)[0] === step ? ', the best so far' : '';
    progress.note(`epoch ${epoch}: ${evaluationText(line)}${best}`);
  }
}

/** What is to be evaluated after so many epochs and updates, and has not been. */
export function dueEvaluations(
  { evaluate, train }: Config,
  done: readonly EvaluationLine[],
  { epoch, step }: { epoch: number; step: number },
): EvaluationConfig[] {
  const last = epoch === train.epochs;
  return evaluate.filter(
    ({ protocol, every, ...variant }) =>
      (last || (every !== undefined && epoch % every === 0)) &&
      !done.some((line) => line.protocol === evaluationName(protocol, variant) && line.step === step),
  );
}

/** The line of an evaluation after so many epochs and updates; `seconds` is what it took. */
export function evaluationLine(
  scores: PairScores,
  { epoch, step, seconds }: { epoch: number; step: number; seconds: number },
): EvaluationLine {
  const { protocol } = scores;
  return { protocol, epoch, step, ...verification(scores), roc: rocCurve(scores), time: { at: Date.now(), seconds } };
}

/** The step of the best accuracy in an evaluation; the earliest of equal ones; none before it was evaluated. */
export function bestStep(evaluations: readonly EvaluationLine[], protocol: string | undefined): number[] {
  const lines = evaluations.filter((line) => line.protocol === protocol);
  const [best] = lines.toSorted((a, b) => b.accuracy.mean - a.accuracy.mean || a.step - b.step);
  return best === undefined ? [] : [best.step];
}

/** 'lfw 87.20 % +- 1.21 on 6,000 pairs'. */
export function evaluationText({ protocol, accuracy, pairs }: EvaluationLine): string {
  const [mean, std] = [accuracy.mean, accuracy.std].map((rate) => (100 * rate).toFixed(2));
  return `${protocol} ${mean} % +- ${std} on ${pairs.toLocaleString('en-GB')} pairs`;
}

/** Adds a line to a run's evaluations. */
export async function appendLine(file: string, line: EvaluationLine): Promise<void> {
  const appender = await openAppender(file);
  try {
    await appender.append(`${JSON.stringify(line)}\n`);
    await appender.sync();
  } finally {
    await appender.close();
  }
}

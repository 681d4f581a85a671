import { tidy } from '@tensorflow/tfjs-core';
import { map, of, tap, type Observable } from 'rxjs';
import { hashKey } from '../../operators/maths/keyedRandom.ts';
import type { MetaPool } from '../../operators/mining/metaPool.ts';
import type { Model } from '../../operators/net/model.ts';
import { createScope } from '../../operators/net/scope.ts';
import { metaLoss, type MetaTerm } from '../../operators/steps/metaLoss.ts';
import { metaStep, type MetaInput, type MetaStepOptions } from '../../operators/steps/metaStep.ts';
import { trainStep, type TrainStepOptions } from '../../operators/steps/trainStep.ts';
import { variationClassifier, type VariationClassifier } from '../../operators/variation/classifier.ts';
import type { Stage, StateMap } from '../../pipeline/contracts.ts';
import { FACTORS, type Factor, type StepItem } from '../../pipeline/items.ts';

/** What an iteration's residuals did for the meta loss. */
export interface Fall {
  /** Fall of the meta loss that the step promised of its residuals, to the first order. */
  promised: number;
  /** How much lower the meta loss of the same meta batch is after the real step with residuals than after that without. */
  given: number;
  /** The meta loss after the step without. */
  loss: number;
  /** The meta loss at the pseudo-updated network, as the step reports it. */
  reported: number;
}

/** Falls that count promise more: below it float32 does not tell them from none. */
export const LEAST_PROMISE = 1e-5;

/** What falls come to: of those that count their number, the share of true falls, and the median and the quartiles of given over promised. */
export function gist(falls: readonly Fall[]): { counted: number; lower: number; ratio: number; quartiles: number[] } {
  const counted = falls.filter(({ promised }) => promised > LEAST_PROMISE);
  const ratios = counted.map(({ promised, given }) => given / promised).toSorted((a, b) => a - b);
  const at = (share: number): number => ratios[Math.floor(share * ratios.length)]!;
  const lower = counted.filter(({ given }) => given > 0).length / counted.length;
  return { counted: counted.length, lower, ratio: at(0.5), quartiles: [at(0.25), at(0.75)] };
}

/** A meta batch with its labels, as it was mined. */
interface Mined {
  pixels: Uint8Array;
  rows: number;
  labels: ReadonlyMap<Factor, Int32Array>;
}

export interface FallsOptions {
  step: MetaStepOptions & { seed: number };
  /** Another network with its centres and margin, of the same kinds as the step's: it takes the steps without residuals. */
  twin: Pick<TrainStepOptions, 'model' | 'centres' | 'margin'>;
  onFall: (fall: Fall) => void;
}

/**
 * A meta step that is watched: each of its steps is taken twice from the same weights, momentum and statistics on the same batch, with
 * residuals and, by a plain training step of another network, without; then both networks are asked about the meta batch that was mined,
 * by the classifiers as they were.
 *
 * Nothing of the closed form is used: two updates of the optimiser and two forwards.
 */
export function watchedMetaStep({ step: options, twin, onFall }: FallsOptions) {
  const { pool, classifiers, model, seed, lambda = {} } = options;
  const { size } = model.architecture;
  let mined: Mined | undefined;
  let before: StateMap = {};
  const watched = Object.create(pool, {
    pixels: {
      value(slots: Int32Array): Uint8Array {
        const pixels = pool.pixels(slots);
        mined = { pixels, rows: slots.length, labels: labelsOf(pool, classifiers, slots) };
        return pixels;
      },
    },
  }) as MetaPool;
  const real = metaStep({ ...options, pool: watched });
  const { optimiser = {}, schedule } = options;
  const plain = trainStep({ ...twin, optimiser, schedule, seed });
  const frozen = classifiers.map(({ factor, dimension, scale, features }) =>
    variationClassifier({ factor, dimension, scale, features, seed }),
  );

  /** The meta loss of a network, with the statistics and the dropout that the step had. */
  const lossOf = (network: Model, iteration: number): number =>
    tidy(() => {
      const { pixels, rows, labels } = mined!;
      const mode = { train: true, updateStats: false, step: iteration, seed: hashKey(seed, 'meta', iteration, 0) };
      const x = network.normalise(pixels, rows, size);
      const terms = frozen.map((classifier): MetaTerm => {
        const { factor } = classifier;
        return { classifier, labels: labels.get(factor)!, lambda: lambda[factor] ?? 1 };
      });
      return metaLoss(network.forward(x, mode, createScope({ keeps: false })), terms).loss.dataSync()[0]!;
    });

  const judge = ({ iteration, figures }: StepItem): void => {
    const loss = lossOf(twin.model, iteration - 1);
    const given = loss - lossOf(model, iteration - 1);
    onFall({ promised: -figures['meta.predicted']!, given, loss, reported: figures['meta.loss']! });
  };

  const operator = (source: Observable<MetaInput>): Observable<StepItem> => {
    let batch: MetaInput[0];
    return source.pipe(
      tap((input) => {
        batch = input[0];
        before = real.state.save();
        for (const [i, classifier] of classifiers.entries()) frozen[i]!.state.load(classifier.state.save());
      }),
      real,
      map((item) => {
        plain.state.load(plainState(before));
        of(batch)
          .pipe(plain)
          .subscribe(() => judge(item));
        return item;
      }),
    );
  };
  const stage: Stage<MetaInput, StepItem> = Object.assign(operator, { label: real.label });
  const dispose = (): void => [real, plain, ...frozen].forEach((owner) => owner.dispose());
  return { stage, dispose };
}

/** Labels of mined faces: each has that of the variation it was chosen for, and they come variation after variation. */
function labelsOf(
  { variation }: MetaPool,
  classifiers: readonly VariationClassifier[],
  slots: Int32Array,
): Mined['labels'] {
  const each = slots.length / classifiers.length;
  return new Map(
    classifiers.map(({ factor }, k) => [
      factor,
      slots.map((slot, row) => (Math.floor(row / each) === k ? variation[factor][slot]! : -1)),
    ]),
  );
}

/** What a plain training step has of a meta step's state. */
function plainState(state: StateMap): StateMap {
  const beside = ['pool', ...FACTORS].map((name) => `${name}.`);
  return Object.fromEntries(Object.entries(state).filter(([name]) => !beside.some((one) => name.startsWith(one))));
}

import { keep, type Scalar } from '@tensorflow/tfjs-core';
import { CENTRES, type Centres } from '../net/centres.ts';
import type { Grads, Scope } from '../net/layer.ts';
import type { Model } from '../net/model.ts';
import type { RowGroup } from './descendRows.ts';
import type { ParamGroup } from './sgd.ts';
import { trainable, type Trained } from './trainingState.ts';

/** What the optimiser moves: the backbone, and beside it the class centres, all of them or the rows that took part. */
export function groupsOf(model: Model, centres: Centres | RowGroup): (ParamGroup | RowGroup)[] {
  const beside =
    'table' in centres ? centres : { params: centres.params, specs: [{ name: CENTRES, role: 'weight' as const }] };
  return [{ params: model.params, specs: trainable(model) }, beside];
}

/** The optimiser's step, then the running statistics of the batch it was made with: once an iteration, whatever went before it. */
export function realStep(
  { model, optimiser }: Pick<Trained, 'model' | 'optimiser'>,
  centres: Centres | RowGroup,
  grads: Grads,
  scope: Scope,
  learningRate: number,
): { gradientNorm?: Scalar } {
  const moved = optimiser.update(groupsOf(model, centres), grads, learningRate);
  for (const [name, value] of Object.entries(scope.statistics)) {
    model.params[name]!.dispose();
    model.params[name] = keep(value);
    delete scope.statistics[name];
  }
  scope.dispose();
  return moved;
}

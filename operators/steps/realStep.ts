import { keep, type Scalar } from '@tensorflow/tfjs-core';
import { CENTRES } from '../net/centres.ts';
import type { Grads, Scope } from '../net/layer.ts';
import { trainable, type Trained } from './trainingState.ts';
import type { ParamGroup } from './sgd.ts';

/** What the optimiser moves: the backbone, and the class centres beside it. */
export function groupsOf({ model, centres }: Pick<Trained, 'model' | 'centres'>): ParamGroup[] {
  return [
    { params: model.params, specs: trainable(model) },
    { params: centres.params, specs: [{ name: CENTRES, role: 'weight' as const }] },
  ];
}

/** The optimiser's step, then the running statistics of the batch it was made with: once an iteration, whatever went before it. */
export function realStep(
  trained: Trained,
  grads: Grads,
  scope: Scope,
  learningRate: number,
): { gradientNorm?: Scalar } {
  const { model, optimiser } = trained;
  const moved = optimiser.update(groupsOf(trained), grads, learningRate);
  for (const [name, value] of Object.entries(scope.statistics)) {
    model.params[name]!.dispose();
    model.params[name] = keep(value);
    delete scope.statistics[name];
  }
  scope.dispose();
  return moved;
}

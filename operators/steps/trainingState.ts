import { keep, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { StateArray, StateMap } from '../../pipeline/contracts.ts';
import type { Margin } from '../margins/margin.ts';
import { CENTRES, kernelOf, type Centres } from '../net/centres.ts';
import { rowTable } from '../net/kernels/rowTable.ts';
import type { ParamSpec } from '../net/layer.ts';
import type { Model } from '../net/model.ts';
import { columnsOf, putColumns, type SampledCentres } from '../net/sampledCentres.ts';
import { loadWeights, saveWeights } from '../net/weights.ts';
import type { Sgd } from './sgd.ts';

/** What a training changes as it goes. All of it belongs to the caller. */
export interface Trained<C extends Centres | SampledCentres = Centres | SampledCentres> {
  model: Model;
  centres: C;
  margin: Margin;
  optimiser: Sgd;
  /** What else it learns or gathers, by what the names of its arrays begin with: 'pool' of 'pool.embeddings'. */
  beside?: Readonly<Record<string, { save(): StateMap; load(state: StateMap): void }>>;
}

/** Weights as AdaFace's state dict with `head.kernel`. Reads tensors back. */
export function saveTrainedWeights({ model, centres }: Trained): StateMap {
  return { ...model.save(), ...centres.save() };
}

/** Beside the weights: 'momentum.<name>' in the weights' layouts, 'margin.<name>', what lies beside, and 'iteration'. Reads tensors back. */
export function saveTrainedState({ model, margin, optimiser, beside = {} }: Trained, iteration: number): StateMap {
  const { velocity, tables } = optimiser;
  const [kernel, table] = [velocity[CENTRES], tables[CENTRES]];
  const momentum = saveWeights(moving(model, velocity), velocity);
  if (table) momentum[CENTRES] = columnsOf(table);
  if (kernel) momentum[CENTRES] = { shape: kernel.shape, data: Float32Array.from(kernel.dataSync()) };
  return {
    ...prefixed('momentum.', momentum),
    ...prefixed('margin.', margin.state?.save() ?? {}),
    ...Object.assign({}, ...Object.values(beside).map((part) => part.save())),
    iteration: { shape: [1], data: Int32Array.of(iteration) },
  };
}

/**
 * The way back of weights and state together: training goes on as if it had not stopped, bit for bit on the same engine.
 * Without any momentum, which is how a training starts, it starts anew.
 *
 * @returns the iteration
 * @throws WeightsError, ShapeError or FormatError where something does not fit
 */
export function loadTrained(trained: Trained, state: StateMap): number {
  const { model, centres, margin, optimiser, beside = {} } = trained;
  const { weights, momentum, marginState, others } = parts(state, Object.keys(beside));
  model.load(weights);
  centres.load(state);
  optimiser.dispose();
  if (Object.keys(momentum).length > 0) {
    const { [CENTRES]: kernel, ...rest } = momentum;
    optimiser.velocity = {
      ...tidy(() => keepAll(loadWeights(moving(model, rest), rest))),
      ...(kernel && 'params' in centres && { [CENTRES]: kernelOf(momentum, centres.dimension, centres.classes) }),
    };
    if (kernel && !('params' in centres)) {
      const table = (optimiser.tables[CENTRES] = rowTable(centres.classes, centres.dimension));
      putColumns(table, kernel);
    }
  }
  margin.state?.load(marginState);
  for (const [prefix, part] of Object.entries(beside)) {
    // A training that has known nothing of it so far starts it anew.
    if (others[prefix]) part.load(others[prefix]);
  }
  return state['iteration']?.data[0] ?? 0;
}

/** The backbone's parameters that have gradients. */
export function trainable(model: Model): ParamSpec[] {
  return model.backbone.params.filter(({ role }) => role !== 'statistic');
}

/** Those of them that `velocity` has. */
function moving(model: Model, velocity: object): ParamSpec[] {
  return trainable(model).filter(({ name }) => name in velocity);
}

function parts(
  state: StateMap,
  prefixes: readonly string[],
): Record<'weights' | 'momentum' | 'marginState', StateMap> & { others: Record<string, StateMap> } {
  const all = { weights: {} as StateMap, momentum: {} as StateMap, marginState: {} as StateMap };
  const others: Record<string, StateMap> = {};
  for (const [name, array] of Object.entries(state)) {
    const [, prefix, rest] = /^(momentum|margin)\.(.*)$/.exec(name) ?? [];
    const part = prefixes.find((one) => name.startsWith(`${one}.`));
    if (part !== undefined) (others[part] ??= {})[name] = array;
    else if (prefix === 'momentum') all.momentum[rest!] = array;
    else if (prefix === 'margin') all.marginState[rest!] = array;
    else if (name !== CENTRES && name !== 'iteration') all.weights[name] = array;
  }
  return { ...all, others };
}

function keepAll(tensors: Record<string, Tensor>): Record<string, Tensor> {
  for (const tensor of Object.values(tensors)) keep(tensor);
  return tensors;
}

function prefixed(prefix: string, map: StateMap): StateMap {
  return Object.fromEntries(Object.entries(map).map(([name, array]): [string, StateArray] => [prefix + name, array]));
}

import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { StateArray, StateMap } from '../../pipeline/contracts.ts';
import { RxfaceError } from '../../pipeline/errors.ts';
import type { Params, ParamSpec } from './layer.ts';

/** Arrays that do not fit a network. */
export class WeightsError extends RxfaceError {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  /** 'name: expected [..], received [..]' */
  readonly wrongShapes: readonly string[];
  constructor(missing: readonly string[], unexpected: readonly string[], wrongShapes: readonly string[]) {
    const faults = [...some('missing', missing), ...some('unexpected', unexpected), ...some('of another shape', wrongShapes)]; // prettier-ignore
    super(`weights do not fit the model: ${faults.join(', ')}`);
    this.missing = missing;
    this.unexpected = unexpected;
    this.wrongShapes = wrongShapes;
  }
}

/** '2 missing (a; b)', or nothing of none. */
function some(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`${names.length} ${what} (${names.slice(0, 5).join('; ')}${names.length > 5 ? '; ...' : ''})`];
}

/** Axes of our layout in the order PyTorch's has them, and the sizes to view ours with. */
function axes({ shape, layout }: ParamSpec): { view: readonly number[]; order: readonly number[] } {
  if (layout.kind === 'conv') return { view: shape, order: [3, 2, 0, 1] }; // HWIO to OIHW
  if (layout.kind === 'linear') return { view: [...layout.map, shape[1]!], order: [3, 2, 0, 1] }; // [h, w, c, out] to [out, c, h, w]
  return { view: shape, order: [0] };
}

/** Shape of a parameter in PyTorch's layout. */
export function torchShape(spec: ParamSpec): number[] {
  if (spec.layout.kind === 'linear') return [spec.shape[1]!, spec.shape[0]!];
  const { view, order } = axes(spec);
  return order.map((axis) => view[axis]!);
}

/** Values of a parameter from our layout to PyTorch's: OIHW, [out, in] over C,H,W, vectors as they are. */
export function toTorch(spec: ParamSpec, values: Float32Array): Float32Array {
  const { view, order } = axes(spec);
  return order.length === 1 ? values : permute(values, view, order);
}

/** The way back of {@link toTorch}. */
export function fromTorch(spec: ParamSpec, values: Float32Array): Float32Array {
  const { view, order } = axes(spec);
  if (order.length === 1) return values;
  return permute(
    values,
    order.map((axis) => view[axis]!),
    view.map((_, axis) => order.indexOf(axis)),
  );
}

/** Transposition of an array with four axes: axis i of the result is axis order[i] of `values`. */
function permute(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const stride = [shape[1]! * shape[2]! * shape[3]!, shape[2]! * shape[3]!, shape[3]!, 1];
  const [n0, n1, n2, n3] = order.map((axis) => shape[axis]!) as [number, number, number, number];
  const [s0, s1, s2, s3] = order.map((axis) => stride[axis]!) as [number, number, number, number];
  const out = new Float32Array(values.length);
  let at = 0;
  for (let i0 = 0; i0 < n0; i0++)
    for (let i1 = 0; i1 < n1; i1++)
      for (let i2 = 0; i2 < n2; i2++) {
        let from = i0 * s0 + i1 * s1 + i2 * s2;
        for (let i3 = 0; i3 < n3; i3++, from += s3) out[at++] = values[from]!;
      }
  return out;
}

/**
 * A network's parameters and statistics as AdaFace's state dict: its names, its order, PyTorch's layouts.
 * Beside each running variance stands `num_batches_tracked`, which PyTorch expects and does not use: 0.
 * Reads tensors back: for checkpoints only.
 */
export function saveWeights(specs: readonly ParamSpec[], params: Params): StateMap {
  const state: StateMap = {};
  for (const spec of specs) {
    const data = toTorch(spec, params[spec.name]!.dataSync() as Float32Array);
    state[spec.name] = { shape: torchShape(spec), data };
    const norm = /^(.*)\.running_var$/.exec(spec.name)?.[1];
    if (norm !== undefined) state[`${norm}.num_batches_tracked`] = { shape: [], data: new Int32Array(1) };
  }
  return state;
}

/**
 * Tensors in our layouts from a state dict; names may carry the prefix 'model.', and `num_batches_tracked` is ignored.
 *
 * @throws WeightsError with everything missing, unexpected or of another shape
 */
export function loadWeights(specs: readonly ParamSpec[], state: StateMap): Record<string, Tensor> {
  const given = new Map<string, StateArray>();
  for (const [name, array] of Object.entries(state)) {
    if (!name.endsWith('.num_batches_tracked')) given.set(name.replace(/^model\./, ''), array);
  }
  const missing: string[] = [];
  const wrong: string[] = [];
  const fitting: [ParamSpec, StateArray][] = [];
  for (const spec of specs) {
    const array = given.get(spec.name);
    given.delete(spec.name);
    const expected = torchShape(spec);
    if (array === undefined) missing.push(spec.name);
    else if (array.shape.join() !== expected.join())
      wrong.push(`${spec.name}: expected [${expected.join(', ')}], received [${array.shape.join(', ')}]`);
    else fitting.push([spec, array]);
  }
  if (missing.length + given.size + wrong.length > 0) throw new WeightsError(missing, [...given.keys()], wrong);
  const params: Record<string, Tensor> = {};
  for (const [spec, { data }] of fitting) {
    const values = data instanceof Float32Array ? data : Float32Array.from(data);
    params[spec.name] = tensor(fromTorch(spec, values.slice()), spec.shape, 'float32');
  }
  return params;
}

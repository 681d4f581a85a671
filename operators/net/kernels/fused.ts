import { dispose, getBackend, scalar, tile, type Tensor } from '@tensorflow/tfjs-core';
import { savedModel, type TensorFunction } from '../../../pipeline/bytes/savedModel.ts';
import { nativeBackend, nativeBinding } from '../../../pipeline/engine/load.ts';
import { adopt, floatType, type FloatType } from './native.ts';
import { reshape } from './reshape.ts';

/** Values from which on a pass over memory is dear enough for a kernel of one's own (compiled once a shape, in 0.1 s). */
const WORTH_IT = 1 << 20;
/** Values in a row that keep the processor's vectors filled. */
const ROW = 128;

/**
 * A chain of element by element operations as one pass over memory, compiled by XLA on the native engine's processor.
 *
 * In plain words: relu, minus, times and plus read and write a big map nine times; fused they do so twice. The values
 * are the same to the last bit.
 */
export class Fused {
  readonly #name: string;
  readonly #definition: TensorFunction;
  /** Handle of the loaded function by the type of its maps; null where this engine cannot compile it. */
  readonly #loaded = new Map<FloatType, number | null>();

  constructor(name: string, definition: TensorFunction) {
    this.#name = name;
    this.#definition = definition;
  }

  /**
   * Runs it on maps of one shape [..., C] and a vector [C]; the caller owns the results, which have the maps' shape.
   *
   * @param vector as long as the last axis, or as all axes but the first
   * @param others further vectors, each as long as either, where the definition names such
   * @return null where it does not pay or is not to be had: then the caller runs the plain operations
   */
  run(maps: readonly Tensor[], vector: Tensor, others: readonly Tensor[] = []): Tensor[] | null {
    const [first] = maps;
    const handle = this.#handle(first);
    if (first === undefined || handle === null) return null;
    const vectors = [vector, ...others];
    const shortest = Math.min(...vectors.map(({ size }) => size));
    const longest = Math.max(...vectors.map(({ size }) => size));
    const row = rowOf(longest > shortest ? longest : first.size, shortest);
    if (row < ROW / 2) return null;
    const shape = longest > row ? [first.size / longest, longest / row, row] : [first.size / row, row];
    const views = maps.map((map) => reshape(map, shape));
    const tiled = vectors.map((one) =>
      one.size > row ? reshape(one, [one.size / row, row]) : tile(one, [row / one.size]),
    );
    const results = this.#call(handle, [...views, ...tiled]);
    dispose([...views, ...tiled]);
    if (results === null) return null;
    const shaped = results.map((result) => reshape(result, first.shape));
    dispose(results);
    return shaped;
  }

  /**
   * Runs it on inputs as they are, maps, vector and others, whose shapes broadcast to that of the first; each shape is compiled anew.
   *
   * @return null as `run` does
   */
  runBroadcast(inputs: readonly Tensor[]): Tensor[] | null {
    const handle = this.#handle(inputs[0]);
    return handle === null ? null : this.#call(handle, inputs);
  }

  /** The loaded function for maps like this one; null where it does not pay or is not to be had. */
  #handle(first: Tensor | undefined): number | null {
    if (first === undefined || first.size < WORTH_IT || getBackend() !== 'tensorflow') return null;
    const type = floatType(first);
    if (!this.#loaded.has(type)) this.#loaded.set(type, this.#load(type));
    return this.#loaded.get(type)!;
  }

  /** Null where it fails, which is for good. */
  #call(handle: number, inputs: readonly Tensor[]): Tensor[] | null {
    const live = nativeBackend();
    const { maps, vector, others = [], outputs } = this.#definition;
    const names = [...maps, vector, ...others].map((name) => `${name}:0`).join();
    const results = outputs.map((_, index) => `call:${index}`).join();
    try {
      return live.binding.runSavedModel(handle, live.getInputTensorIds(inputs), names, results).map(adopt);
    } catch {
      this.#loaded.set(floatType(inputs[0]!), null);
      return null;
    }
  }

  /** Into TensorFlow's file system in memory, from which alone it loads functions. */
  #load(type: FloatType): number | null {
    if (nativeBackend().isUsingGpuDevice) return null;
    const folder = `ram:///rxface/${this.#name}-${type}`;
    const [path, bytes] = [scalar(`${folder}/saved_model.pb`), scalar(savedModel(this.#definition, type), 'string')];
    try {
      nativeBinding().executeOp('WriteFile', [], nativeBackend().getInputTensorIds([path, bytes]), 0);
      return nativeBinding().loadSavedModel(folder, 'serve');
    } catch {
      return null;
    } finally {
      path.dispose();
      bytes.dispose();
    }
  }
}

/** The longest row of whole vectors, at most {@link ROW} or one vector long, that `size` values divide into. */
function rowOf(size: number, channels: number): number {
  let row = channels;
  while (row * 2 <= ROW && size % (row * 2) === 0) row *= 2;
  return row;
}

import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Layer, Scope } from './layer.ts';

/**
 * What one forward leaves for its backward and jvp.
 *
 * In plain words: a drawer with a compartment a layer; `keeps: false` is a drawer without a bottom, for inference.
 */
export function createScope({ keeps }: { keeps: boolean }): Scope {
  const saved = new Map<Layer, Record<string, Tensor>>();
  const statistics: Record<string, Tensor> = {};
  return {
    keeps,
    statistics,
    save(owner, tensors) {
      if (keeps) saved.set(owner, tensors);
      else dispose(tensors);
    },
    read(owner) {
      const tensors = saved.get(owner);
      if (tensors === undefined) throw new Error('backward or jvp without a forward whose scope keeps');
      return tensors;
    },
    free(owner) {
      const tensors = saved.get(owner);
      saved.delete(owner);
      if (tensors !== undefined) dispose(tensors);
    },
    dispose() {
      for (const tensors of saved.values()) dispose(tensors);
      saved.clear();
      dispose(statistics);
      for (const name of Object.keys(statistics)) delete statistics[name];
    },
  };
}

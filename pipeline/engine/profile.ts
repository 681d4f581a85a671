import { nativeBackend, type NativeBinding } from './load.ts';

/** How often an op was called, and how long its calls took together. */
export interface OpCalls {
  calls: number;
  milliseconds: number;
}

/** What of the binding takes time; ops go by their own names, these by the names here. */
const OTHERS = {
  runSavedModel: 'compiled kernels',
  createTensor: 'values to TensorFlow',
  tensorDataSync: 'values from TensorFlow',
  deleteTensor: 'tensors freed',
} as const;

/**
 * Times every call into TensorFlow while `work` runs. Before and after it nothing stands between the kernels and the binding.
 *
 * An op on the processor is done when its call returns; on a GPU the calls would only send it.
 *
 * @return by op, the dearest first
 * @throws EngineError where the native engine does not run
 */
export function profileOps(work: () => void): Map<string, OpCalls> {
  const backend = nativeBackend() as { binding: NativeBinding };
  const { binding } = backend;
  const times = new Map<string, OpCalls>();
  const timed = <T>(name: string, call: () => T): T => {
    const began = performance.now();
    const result = call();
    const entry = times.get(name) ?? { calls: 0, milliseconds: 0 };
    times.set(name, { calls: entry.calls + 1, milliseconds: entry.milliseconds + performance.now() - began });
    return result;
  };
  const executeOp: NativeBinding['executeOp'] = (name, ...rest) => timed(name, () => binding.executeOp(name, ...rest));
  const others = Object.entries(OTHERS).map(([name, shown]) => {
    const method = binding[name as keyof typeof OTHERS] as (...given: unknown[]) => unknown;
    return [name, { value: (...given: unknown[]) => timed(shown, () => method(...given)) }] as const;
  });
  backend.binding = Object.create(binding, { executeOp: { value: executeOp }, ...Object.fromEntries(others) }) as NativeBinding; // prettier-ignore
  try {
    work();
  } finally {
    backend.binding = binding;
  }
  return new Map([...times].toSorted(([, a], [, b]) => b.milliseconds - a.milliseconds));
}

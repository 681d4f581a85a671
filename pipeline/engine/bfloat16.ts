import { getBackend } from '@tensorflow/tfjs-core';
import { EngineError } from '../errors.ts';
import { nativeBackend, processorInstructions } from './load.ts';

/** Instructions that multiply bfloat16 in hardware, as Linux names them. */
const FAST = ['avx512_bf16', 'amx_bf16'];

/**
 * Refuses bfloat16 where it would be slow: without the native engine there are no such tensors, and without AVX512_BF16,
 * AMX or a GPU TensorFlow emulates them at a fraction of float32's speed.
 *
 * @throws EngineError that says how it was decided
 */
export function requireBfloat16(instructions: ReadonlySet<string> = processorInstructions()): void {
  const cure = "Use precision 'float32' (in a config: train.precision).";
  if (getBackend() !== 'tensorflow') throw new EngineError('bfloat16 needs the native engine', cure);
  if (nativeBackend().isUsingGpuDevice || FAST.some((name) => instructions.has(name))) return;
  throw new EngineError(`this processor has no fast bfloat16: /proc/cpuinfo lists none of ${FAST.join(', ')}`, cure);
}

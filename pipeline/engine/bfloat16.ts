import { getBackend } from '@tensorflow/tfjs-core';
import { EngineError } from '../errors.ts';
import { nativeBackend, processorInstructions } from './load.ts';

/** Instructions that multiply bfloat16 in hardware, as Linux names them. */
const FAST = ['avx512_bf16', 'amx_bf16'];

/** Values of ONEDNN_MAX_CPU_ISA that leave oneDNN these instructions; absent or 'DEFAULT' says all. */
const ISA = /^(DEFAULT|ALL|AVX512_CORE_BF16|AVX512_CORE_FP16|AVX10_\d.*|AVX512_CORE_AMX.*)$/i;

/**
 * Refuses bfloat16 where it would be slow: without the native engine there are no such tensors, and without AVX512_BF16,
 * AMX or a GPU, or where the environment takes these from oneDNN, TensorFlow emulates them at a fraction of float32's speed.
 *
 * @throws EngineError that says how it was decided
 */
export function requireBfloat16(
  instructions: ReadonlySet<string> = processorInstructions(),
  environment: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const cure = "Use precision 'float32' (in a config: train.precision).";
  if (getBackend() !== 'tensorflow') throw new EngineError('bfloat16 needs the native engine', cure);
  if (nativeBackend().isUsingGpuDevice) return;
  if (!FAST.some((name) => instructions.has(name)))
    throw new EngineError(`this processor has no fast bfloat16: /proc/cpuinfo lists none of ${FAST.join(', ')}`, cure);
  const { TF_ENABLE_ONEDNN_OPTS: optimised, ONEDNN_MAX_CPU_ISA: most = 'DEFAULT' } = environment;
  const withheld = optimised === '0' ? 'TF_ENABLE_ONEDNN_OPTS=0' : ISA.test(most) ? null : `ONEDNN_MAX_CPU_ISA=${most}`;
  if (withheld !== null)
    throw new EngineError(`bfloat16 has no fast path here: ${withheld} takes the processor's from TensorFlow`, cure);
}

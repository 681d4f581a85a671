import { beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../../pipeline/errors.ts';
import { requireBfloat16 } from '../../../pipeline/engine/bfloat16.ts';
import { nativeBackend, startEngine } from '../../../pipeline/engine/load.ts';

describe('bfloat16 is had where it is fast', () => {
  let native = true;
  beforeAll(async () => {
    native = (await startEngine()).backend === 'native';
  });

  it.for(['avx512_bf16', 'amx_bf16'])('with %s', (instruction, { skip }) => {
    if (!native) skip('needs the native engine');
    expect(() => requireBfloat16(new Set(['sse2', instruction]))).not.toThrow();
  });

  it('is refused on a processor without, and how that was decided is said', ({ skip }) => {
    if (!native || nativeBackend().isUsingGpuDevice) skip('needs the native engine on a processor');
    expect(() => requireBfloat16(new Set(['sse2', 'avx2']))).toThrow(
      "this processor has no fast bfloat16: /proc/cpuinfo lists none of avx512_bf16, amx_bf16. Use precision 'float32' (in a config: train.precision).",
    );
  });

  it.for([
    ['TF_ENABLE_ONEDNN_OPTS', '0'],
    ['ONEDNN_MAX_CPU_ISA', 'AVX2'],
    ['ONEDNN_MAX_CPU_ISA', 'AVX512_CORE_VNNI'],
  ] as const)('is refused where %s=%s withholds it', ([name, value], { skip }) => {
    if (!native || nativeBackend().isUsingGpuDevice) skip('needs the native engine on a processor');
    const able = new Set(['avx512_bf16']);
    expect(() => requireBfloat16(able, { [name]: value })).toThrow(
      `bfloat16 has no fast path here: ${name}=${value} takes the processor's from TensorFlow. Use precision 'float32'`,
    );
  });

  it.for(['1', 'AVX512_CORE_BF16', 'avx512_core_amx'])('is had with settings that leave it: %s', (value, { skip }) => {
    if (!native) skip('needs the native engine');
    const name = value === '1' ? 'TF_ENABLE_ONEDNN_OPTS' : 'ONEDNN_MAX_CPU_ISA';
    expect(() => requireBfloat16(new Set(['avx512_bf16']), { [name]: value })).not.toThrow();
  });

  it('is refused on another engine', async () => {
    await startEngine({ want: 'cpu' });
    expect(() => requireBfloat16(new Set(['avx512_bf16']))).toThrow(EngineError);
  });
});

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

  it('is refused on another engine', async () => {
    await startEngine({ want: 'cpu' });
    expect(() => requireBfloat16(new Set(['avx512_bf16']))).toThrow(EngineError);
  });
});

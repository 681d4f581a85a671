import { matMul, tensor2d } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nativeBackend, nativeBinding, startEngine, wantedBackend } from '../../../pipeline/engine/load.ts';

afterEach(() => vi.unstubAllEnvs());

describe('startEngine', () => {
  it.each(['cpu', 'wasm', 'native'] as const)('multiplies on %s, or says why on a lesser one', async (want) => {
    const engine = await startEngine({ want });
    expect(engine.reason).not.toBe('');
    expect(engine.devices.length).toBeGreaterThan(0);
    if (want === 'cpu') expect(engine).toMatchObject({ backend: 'cpu', tensorflow: null, reason: 'asked for' });
    const product = matMul(tensor2d([1, 2, 3, 4], [2, 2]), tensor2d([1, 1, 1, 1], [2, 2]));
    expect([...product.dataSync()]).toEqual([3, 3, 7, 7]);
  });

  it('obeys RXFACE_ENGINE and may be switched', async () => {
    vi.stubEnv('RXFACE_ENGINE', 'wasm');
    expect((await startEngine()).backend).toBe('wasm');
    vi.stubEnv('RXFACE_ENGINE', 'cpu');
    expect((await startEngine()).backend).toBe('cpu');
  });

  it('refuses an engine it does not know', () => {
    vi.stubEnv('RXFACE_ENGINE', 'cuda');
    expect(() => wantedBackend()).toThrow("engine: RXFACE_ENGINE must be native, wasm, cpu, received 'cuda'");
  });
});

describe('nativeBackend', () => {
  it('is refused while another backend is in force', async () => {
    await startEngine({ want: 'cpu' });
    expect(() => nativeBackend()).toThrow('the native engine is not running (cpu is)');
  });

  it('runs an operation by its name', async ({ skip }) => {
    const engine = await startEngine({ want: 'native' });
    if (engine.backend !== 'native') skip(`no native engine here: ${engine.reason}`);
    const attributes = [{ name: 'T', type: nativeBinding().TF_ATTR_TYPE, value: nativeBinding().TF_FLOAT }];
    const sum = nativeBackend().executeSingleOutput('AddV2', attributes, [tensor2d([[1, 2]]), tensor2d([[3, 4]])]);
    expect([...sum.dataSync()]).toEqual([4, 6]);
    expect(engine.tensorflow).toMatch(/^2\./);
  });
});

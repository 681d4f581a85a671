import { expect, it } from 'vitest';
import { machineText, thisMachine } from '../../../../pipeline/cli/bench/machine.ts';
import { nativeBinding, startEngine } from '../../../../pipeline/engine/load.ts';

it('says what machine and versions were measured', async () => {
  const { backend } = await startEngine();
  const machine = await thisMachine();
  expect(machine).toMatchObject({ node: process.versions.node, engine: backend });
  expect(machine.tensorflow).toBe(backend === 'native' ? nativeBinding().TF_Version : null);
  expect(machine.threads).toBeGreaterThan(0);
  expect(machine.memoryBytes).toBeGreaterThan(2 ** 28);
});

it('says so in two lines', () => {
  const machine = {
    processor: 'Abacus 9',
    threads: 2,
    memoryBytes: 24e9,
    instructions: ['avx2', 'avx512_bf16'],
    system: 'linux x64',
    node: '20.0.0',
    engine: 'native',
    tensorflow: '2.21.0',
  };
  expect(machineText(machine)).toBe(
    'Abacus 9 (avx2, avx512_bf16), 2 threads, 24 GB, linux x64\nNode 20.0.0, engine native, TensorFlow 2.21.0',
  );
  expect(machineText({ ...machine, instructions: [], engine: 'wasm', tensorflow: null })).toBe(
    'Abacus 9, 2 threads, 24 GB, linux x64\nNode 20.0.0, engine wasm',
  );
});

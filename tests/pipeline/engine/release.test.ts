import { expect, it } from 'vitest';
import { CPU_RELEASE, downloadBytes, folderName, GPU_RELEASE, requirements } from '../../../pipeline/engine/release.ts';

it.each([CPU_RELEASE, GPU_RELEASE])('pins every wheel by version, size and hash ($kind)', (release) => {
  const lines = requirements(release).trimEnd().split('\n');
  expect(lines).toHaveLength(release.wheels.length);
  for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}$/);
  expect(new Set(release.wheels.map(({ sha256 }) => sha256)).size).toBe(release.wheels.length);
  expect(release.wheels.every(({ bytes }) => bytes > 0)).toBe(true);
  expect(downloadBytes(release)).toBeGreaterThan(2e8);
});

it('takes a local file in the place of the first, under the same hash', () => {
  expect(requirements(CPU_RELEASE, '/tmp/a.whl')).toBe(`/tmp/a.whl --hash=sha256:${CPU_RELEASE.wheels[0]?.sha256}\n`);
  expect(requirements(GPU_RELEASE, '/tmp/a.whl')).toContain('nvidia-curand-cu12==');
});

it('keeps libraries and C headers of TensorFlow, libraries of CUDA', () => {
  const keeps = (i: number, name: string): boolean => new RegExp(`^(${GPU_RELEASE.wheels[i]?.keep})$`).test(name);
  expect(keeps(0, 'tensorflow/libtensorflow_cc.so.2')).toBe(true);
  expect(keeps(0, 'tensorflow/include/tensorflow/c/eager/c_api.h')).toBe(true);
  expect(keeps(0, 'tensorflow/include/tensorflow/core/graph/graph.h')).toBe(false);
  expect(keeps(0, 'tensorflow/python/ops/math_ops.py')).toBe(false);
  expect(keeps(1, 'nvidia/cublas/lib/libcublas.so.12')).toBe(true);
  expect(keeps(1, 'nvidia/cublas/include/cublas.h')).toBe(false);
});

it('names its folder after everything that goes into it', () => {
  expect(folderName(CPU_RELEASE, 'a')).toMatch(/^tensorflow-2\.21\.0-cpu-[0-9a-f]{8}$/);
  expect(folderName(CPU_RELEASE, 'a')).not.toBe(folderName(CPU_RELEASE, 'b'));
});

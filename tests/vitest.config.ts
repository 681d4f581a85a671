import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const MEMORY = 'tests/end-to-end/memory.test.ts';

export default defineConfig({
  root: at('.'),
  // Tests and recipes import the package by its own names; here these are the sources, not dist.
  resolve: {
    alias: [
      { find: /^rxface\/(sources|operators|sinks)$/, replacement: at('$1/index.ts') },
      { find: 'rxface/operators/prepare', replacement: at('operators/prepare.ts') },
      { find: 'rxface/operators/reencode', replacement: at('operators/reencode.ts') },
      { find: 'rxface/operators/verify', replacement: at('operators/verify.ts') },
      { find: 'rxface/testing', replacement: at('tests/contracts/index.ts') },
      { find: /^rxface$/, replacement: at('pipeline/index.ts') },
    ],
  },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: [at('tests/seed.ts')],
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        // The engine lives in a process: every file gets its own, at most two at a time.
        test: { name: 'files', include: ['tests/**/*.test.ts'], exclude: ['tests/operators/net/kernels/**', MEMORY] },
      },
      {
        extends: true,
        // Kernel tests are many and short: they share one process and one load of the engine.
        test: {
          name: 'kernels',
          include: ['tests/operators/net/kernels/**/*.test.ts'],
          isolate: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // What a process holds at most depends on how its threads meet: beside other tests that differs by more than the test's bound.
        test: { name: 'alone', include: [MEMORY], maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});

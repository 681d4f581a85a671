import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { KINDS } from '../../fixtures/metaKinds.ts';
import { inputs, metaTraining, run } from '../../fixtures/metaTraining.ts';

describe.each(['native', 'wasm'] as const)('metaStep on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });
  // wasm is slow, and what leaks there leaks in every step.
  const steps = backend === 'native' ? 50 : 4;
  const kinds = Object.entries(KINDS).filter((_, i) => backend === 'native' || i % 3 === 0);

  it.each(kinds)(`%s: ${steps} steps leave no tensor and no figure that is none`, async (_, [options, margin]) => {
    const before = memory().numTensors;
    const training = await metaTraining(options, margin?.());
    await run(training.step, inputs(0, 2));
    const held = memory().numTensors;
    const items = await run(training.step, inputs(2, steps));
    expect(memory().numTensors).toBe(held);
    expect(items).toHaveLength(steps - 2);
    training.end();
    expect(memory().numTensors).toBe(before);
  });
});

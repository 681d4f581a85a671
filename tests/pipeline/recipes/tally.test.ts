import { describe, expect, it } from 'vitest';
import type { Fault, RunReport } from '../../../pipeline/index.ts';
import { trainingTally } from '../../../pipeline/recipes/tally.ts';
import { stepItem } from '../../fixtures/checkpoint.ts';

const fault = (file: string): Fault => ({ stage: 's', file, offset: 3, reason: 'is cut off' });
const report = (seconds: number, list: Fault[]): RunReport =>
  ({ seconds, limiting: 'step', faults: { count: list.length, list } }) as unknown as RunReport;

describe('trainingTally', () => {
  it('counts images and time over runs, and what an index found once', () => {
    const said: string[] = [];
    const tally = trainingTally({
      config: { train: { batch: 2, epochs: 2 } } as never,
      perEpoch: 3,
      warmUp: 0,
      faces: { faults: [fault('index')] } as never,
      training: { start: { steps: 0, epoch: 0, position: 0 } },
      say: (line) => said.push(line),
    });
    tally.progressed(report(1, []));
    expect(tally.standing(stepItem(1))).toEqual({
      unit: 'images of epoch 1/2',
      done: 2,
      total: 6,
      figures: { loss: 1 },
      limiting: 'step',
      rate: 2,
      left: 5,
    });
    tally.ran(report(2, [fault('index'), fault('a')]));
    tally.standing(stepItem(2));
    tally.ran(report(2, [fault('index')]));
    expect(tally.figures).toMatchObject({ steps: 2, images: 4, seconds: 4, imagesPerSecond: 1, loss: 0.5, faults: 2 });
    expect(said).toEqual(['fault: index, byte 3: is cut off', 'fault: a, byte 3: is cut off']);
  });
});

import { describe, expect, it } from 'vitest';
import { cosineSchedule, polynomialSchedule, stepSchedule } from '../../../operators/steps/schedule.ts';

const at = (schedule: (i: number) => number, ...iterations: number[]): number[] => iterations.map(schedule);
const close = (actual: number[], expected: number[]): void =>
  actual.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 12));

describe('schedules', () => {
  it('step: the update with the number of a milestone is the first with the lower rate', () => {
    const schedule = stepSchedule({ lr: 0.1, milestones: [3, 5], factor: 0.1 });
    close(at(schedule, 0, 2, 3, 4, 5, 100), [0.1, 0.1, 0.01, 0.01, 0.001, 0.001]);
  });

  it('polynomial: from all of the rate to 0 at the first update beyond the run', () => {
    close(at(polynomialSchedule({ lr: 0.4, steps: 8 }), 0, 1, 4, 7, 8, 9), [0.4, 0.35, 0.2, 0.05, 0, 0]);
    close(at(polynomialSchedule({ lr: 0.4, steps: 8, power: 2 }), 0, 4, 8), [0.4, 0.1, 0]);
  });

  it('cosine: all, half and none of the way', () => {
    close(at(cosineSchedule({ lr: 0.1, steps: 8 }), 0, 4, 8, 50), [0.1, 0.05, 0, 0]);
    close(at(cosineSchedule({ lr: 0.1, steps: 8, to: 0.02 }), 0, 4, 8, 50), [0.1, 0.06, 0.02, 0.02]);
    expect(cosineSchedule({ lr: 0, steps: 8 })(3)).toBe(0);
  });

  it.each([
    ['step', stepSchedule({ lr: 0.1, milestones: [300], warmupSteps: 200 })],
    ['polynomial', polynomialSchedule({ lr: 0.1, steps: 1000, warmupSteps: 200 })],
    ['cosine', cosineSchedule({ lr: 0.1, steps: 1000, warmupSteps: 200 })],
  ])(
    '%s: climbs in a line, the last update of the warm-up and the first after it have all of the rate',
    (_, schedule) => {
      close(at(schedule, 0, 99, 199, 200), [0.0005, 0.05, 0.1, 0.1]);
    },
  );

  it('counts what is left after the warm-up', () => {
    close(at(cosineSchedule({ lr: 0.1, steps: 1000, warmupSteps: 200 }), 600, 1000), [0.05, 0]);
    close(at(polynomialSchedule({ lr: 0.1, steps: 1000, warmupSteps: 200 }), 600, 1000), [0.05, 0]);
    close(at(stepSchedule({ lr: 0.1, milestones: [300], warmupSteps: 200 }), 299, 300), [0.1, 0.01]);
  });

  it('refuses options outside their bounds', () => {
    expect(() => stepSchedule({ lr: 0.1, milestones: [5, 3] })).toThrow('milestones must be ascending whole numbers');
    expect(() => stepSchedule({ lr: 0.1, milestones: [], factor: 0 })).toThrow('factor must be above 0');
    expect(() => cosineSchedule({ lr: 0.1, steps: 200, warmupSteps: 200 })).toThrow('steps must be a whole number above warmupSteps = 200, received 200'); // prettier-ignore
    expect(() => cosineSchedule({ lr: 0.1, steps: 9, to: 0.2 })).toThrow('to must be in [0, lr = 0.1], received 0.2');
    expect(() => polynomialSchedule({ lr: -1, steps: 9 })).toThrow('lr must be a number of at least 0, received -1');
    expect(() => polynomialSchedule({ lr: 1, steps: 9, power: 0 })).toThrow('power must be above 0, received 0');
    expect(() => cosineSchedule({ lr: 1, steps: 9, warmupSteps: 0.5 })).toThrow('warmupSteps must be a whole number');
  });
});

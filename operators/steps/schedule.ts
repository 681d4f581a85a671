import { OptionError } from '../../pipeline/errors.ts';

/** Learning rate of the update that `iteration` updates went before: 0 is the first. A pure function: a resumed run asks for its own. */
export type Schedule = (iteration: number) => number;

export interface WarmupOptions {
  /** Learning rate after the warm-up, at least 0. */
  lr: number;
  /** The first `warmupSteps` updates climb in a line: update i has lr (i + 1) / warmupSteps, so the last of them has all of `lr`. Default 0. */
  warmupSteps?: number;
}

/**
 * Multiplies the learning rate by `factor` at each milestone.
 *
 * Update i after the warm-up has lr x factor^(milestones <= i): the update with a milestone's number is the first with the lower
 * rate, as in PyTorch's MultiStepLR. AdaFace: epochs 12, 20 and 24, which here are given in updates.
 *
 * @example
 * const schedule = stepSchedule({ lr: 0.1, milestones: [300, 500], factor: 0.1 });
 * schedule(299); // 0.1
 * schedule(300); // 0.01
 *
 * @param options.milestones in updates, ascending
 * @param options.factor above 0, default 0.1
 */
export function stepSchedule(options: WarmupOptions & { milestones: readonly number[]; factor?: number }): Schedule {
  const { milestones, factor = 0.1 } = options;
  check('stepSchedule', 'milestones', 'ascending whole numbers', milestones, (list) =>
    list.every((x, i) => Number.isInteger(x) && x > (list[i - 1] ?? -1)),
  );
  check('stepSchedule', 'factor', 'above 0', factor, (x) => x > 0);
  return withWarmup('stepSchedule', options, (i) => factor ** milestones.filter((at) => at <= i).length);
}

/**
 * Lets the learning rate fall to 0 as a power of what is left: lr (1 - t)^power, t = (i - warmupSteps) / (steps - warmupSteps).
 *
 * The first update after the warm-up has all of `lr`; update `steps`, which is the first beyond the run, would have 0, as all later ones.
 * insightface: power 1 (a line).
 *
 * @example
 * const schedule = polynomialSchedule({ lr: 0.1, steps: 1000, warmupSteps: 200 });
 * schedule(99); // 0.05
 * schedule(600); // 0.05
 *
 * @param options.steps updates of the whole run, warm-up included; above warmupSteps
 * @param options.power above 0, default 1
 */
export function polynomialSchedule(options: WarmupOptions & { steps: number; power?: number }): Schedule {
  const { power = 1 } = options;
  check('polynomialSchedule', 'power', 'above 0', power, (x) => x > 0);
  const progress = progressOf('polynomialSchedule', options);
  return withWarmup('polynomialSchedule', options, (i) => (1 - progress(i)) ** power);
}

/**
 * Lets the learning rate fall along half a cosine: to + (lr - to) (1 + cos(pi t)) / 2, t = (i - warmupSteps) / (steps - warmupSteps).
 *
 * The first update after the warm-up has all of `lr`; update `steps`, which is the first beyond the run, would have `to`, as all later
 * ones. Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017), Eq 5, without restarts.
 *
 * @example
 * const schedule = cosineSchedule({ lr: 0.1, steps: 1000, warmupSteps: 200 });
 * schedule(600); // 0.05
 *
 * @param options.steps updates of the whole run, warm-up included; above warmupSteps
 * @param options.to rate at the end, default 0
 */
export function cosineSchedule(options: WarmupOptions & { steps: number; to?: number }): Schedule {
  const { lr, to = 0 } = options;
  check('cosineSchedule', 'to', `in [0, lr = ${lr}]`, to, (x) => x >= 0 && x <= lr);
  const progress = progressOf('cosineSchedule', options);
  const floor = lr === 0 ? 0 : to / lr;
  return withWarmup(
    'cosineSchedule',
    options,
    (i) => floor + ((1 - floor) * (1 + Math.cos(Math.PI * progress(i)))) / 2,
  );
}

/** Shares of `lr` by update, behind a warm-up. */
function withWarmup(
  stage: string,
  { lr, warmupSteps = 0 }: WarmupOptions,
  share: (iteration: number) => number,
): Schedule {
  check(stage, 'lr', 'a number of at least 0', lr, (x) => x >= 0 && x < Infinity);
  check(stage, 'warmupSteps', 'a whole number of at least 0', warmupSteps, (x) => Number.isInteger(x) && x >= 0);
  return (iteration) => lr * (iteration < warmupSteps ? (iteration + 1) / warmupSteps : share(iteration));
}

/** How much of the run after the warm-up lies behind an update, in [0, 1]. */
function progressOf(stage: string, { warmupSteps = 0, steps }: WarmupOptions & { steps: number }): Schedule {
  check(stage, 'steps', `a whole number above warmupSteps = ${warmupSteps}`, steps, (x) => Number.isInteger(x) && x > warmupSteps); // prettier-ignore
  return (iteration) => Math.min((iteration - warmupSteps) / (steps - warmupSteps), 1);
}

function check<T>(stage: string, option: string, expected: string, value: T, holds: (value: T) => boolean): void {
  if (!holds(value)) throw new OptionError(stage, option, expected, value);
}

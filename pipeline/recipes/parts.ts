import { OptionError } from 'rxface';
import {
  adaFace,
  arcFace,
  architecture,
  cosFace,
  cosineSchedule,
  normFace,
  polynomialSchedule,
  softmax,
  stepSchedule,
  type Architecture,
  type Margin,
  type Schedule,
  type SgdOptions,
} from 'rxface/operators';
import type { Config } from './schema.ts';

/** The network a config asks for. */
export function architectureOf({ name, channels, widths, ...options }: Config['model']): Architecture {
  return architecture(name, { ...options, ...(widths && { widths }), input: { channels, mean: 0.5, std: 0.5 } });
}

/** The margin a config asks for. */
export function marginOf(head: Config['head']): Margin {
  switch (head.name) {
    case 'softmax':
      return softmax();
    case 'normface':
      return normFace(head);
    case 'cosface':
      return cosFace(head);
    case 'arcface':
      return arcFace(head);
    case 'adaface':
      return adaFace(head);
  }
}

/** The options of its optimiser. */
export function optimiserOf({ momentum, weightDecay, decay, clipNorm }: Config['optimiser']): SgdOptions {
  return { momentum, weightDecay, decay, ...(clipNorm !== undefined && { clipNorm }) };
}

/** Its learning rate by update; `perEpoch` updates make an epoch. */
export function scheduleOf(config: Config['schedule'], perEpoch: number, epochs: number): Schedule {
  const steps = perEpoch * epochs;
  if (config.warmupSteps >= steps) {
    throw new OptionError('train', 'schedule.warmupSteps', `below the ${steps} steps of the run`, config.warmupSteps);
  }
  switch (config.name) {
    case 'step':
      return stepSchedule({ ...config, milestones: config.milestones.map((epoch) => epoch * perEpoch) });
    case 'cosine':
      return cosineSchedule({ ...config, steps });
    case 'polynomial':
      return polynomialSchedule({ ...config, steps });
  }
}

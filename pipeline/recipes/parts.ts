import { classWeighted, EngineError, identities, OptionError, type Shuffle } from 'rxface';
import {
  adaFace,
  arcFace,
  architecture,
  classBalanced,
  classCentres,
  classVolume,
  combined,
  cosFace,
  cosineSchedule,
  curricularFace,
  ldam,
  magFace,
  mvSoftmax,
  normFace,
  polynomialSchedule,
  sampledCentres,
  softmax,
  sphereFace,
  stepSchedule,
  withFiltering,
  type Architecture,
  type Centres,
  type Margin,
  type SampledCentres,
  type Schedule,
  type SgdOptions,
} from 'rxface/operators';
import { requireBfloat16 } from '../engine/bfloat16.ts';
import type { Config } from './schema.ts';

/** The order in which a config's images come. */
export function orderOf({ shuffle, sampling }: Config['data']): Shuffle {
  if (sampling === undefined) return shuffle;
  return sampling.name === 'identities' ? identities(sampling) : classWeighted('inverse');
}

/** The network a config asks for. */
export function architectureOf({ name, channels, widths, ...options }: Config['model']): Architecture {
  return architecture(name, { ...options, ...(widths && { widths }), input: { channels, mean: 0.5, std: 0.5 } });
}

/** The precision of maps and convolutions; 'auto' is bfloat16 where that is fast. The engine must have been started. */
export function precisionOf(
  { precision }: Pick<Config['train'], 'precision'>,
  say: (line: string) => void,
): 'float32' | 'bfloat16' {
  if (precision !== 'auto') return precision;
  try {
    requireBfloat16();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    say(`precision: float32, since ${error.reason}`);
    return 'float32';
  }
  say('precision: bfloat16, which is fast here');
  return 'bfloat16';
}

/** The class centres a config asks for: all of them in each step, or a sample. */
export function centresOf(
  { sample }: Config['head'],
  size: { dimension: number; classes: number; seed?: number },
): Centres | SampledCentres {
  return sample === undefined ? classCentres(size) : sampledCentres({ ...size, rate: sample });
}

/**
 * The margin a config asks for, filtered where it says so.
 *
 * @param counts images of each class, which some margins go by
 */
export function marginOf(head: Config['head'], counts: ArrayLike<number> = []): Margin {
  const margin = plainMarginOf(head, counts);
  const threshold = head.name === 'softmax' ? undefined : head.filter;
  return threshold === undefined ? margin : withFiltering(margin, { threshold });
}

function plainMarginOf(head: Config['head'], counts: ArrayLike<number>): Margin {
  switch (head.name) {
    case 'softmax':
      return softmax();
    case 'normface':
      return normFace(head);
    case 'sphereface':
      return sphereFace(head);
    case 'cosface':
      return cosFace(head);
    case 'arcface':
      return arcFace(head);
    case 'combined':
      return combined(head);
    case 'mvsoftmax':
      return mvSoftmax(head);
    case 'curricularface':
      return curricularFace(head);
    case 'magface':
      return magFace(head);
    case 'adaface':
      return adaFace(head);
    case 'classvolume':
      return classVolume({ ...head, counts });
    case 'ldam':
      return ldam({ ...head, counts });
    case 'class-balanced': {
      const { over, m, s } = head;
      const weighed = over === 'cosface' ? cosFace({ m, s }) : ldam({ counts, s, maxMargin: m });
      return classBalanced(weighed, { ...head, counts });
    }
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

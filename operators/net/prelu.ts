import type { ParamSpec } from './layer.ts';

/** What a rectifier with a slope a channel below zero learns, 0.25 at first (He et al. 2015). */
export function preluSlope(name: string, channels: number): ParamSpec {
  return {
    name: `${name}.weight`,
    shape: [channels],
    layout: { kind: 'vector' },
    role: 'prelu',
    init: { kind: 'constant', value: 0.25 },
  };
}

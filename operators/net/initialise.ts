import { keyedRandom } from '../maths/keyedRandom.ts';
import type { ParamSpec } from './layer.ts';

/**
 * First values of a parameter: kaiming normal with fan out and the gain of a rectifier, or a constant (face-training 2.1).
 * Keyed by (seed, name): the same whatever else the network holds.
 */
export function initialise({ name, shape, init }: ParamSpec, seed: number): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (init.kind === 'constant') return values.fill(init.value);
  const deviation = Math.sqrt(2 / init.fanOut);
  const random = keyedRandom(seed, name, 0, 0);
  // Box and Muller 1958: two normal values of two uniform ones.
  for (let i = 0; i < values.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

import { expect } from 'vitest';

/** Every entry within `tolerance` of itself and of the root mean square of all. */
export function closeTo(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-5): void {
  const scale = Math.sqrt(dot(expected, expected) / expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!), `entry ${i}: ${actual[i]}, expected ${expected[i]}`).toBeLessThan(
      tolerance * (scale + Math.abs(expected[i]!)) + 1e-9,
    );
  }
}

/** Numbers in [-1, 1] that look random and need no generator. */
export function wave(length: number, a: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(a * (i + 1) ** 1.5));
}

/** x + h along. */
export function step(x: Float32Array, along: Float32Array, h: number): Float32Array {
  return x.map((value, i) => value + h * along[i]!);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

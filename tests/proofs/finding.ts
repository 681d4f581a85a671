/** One figure of a proof: what the reference says, what was measured, and the standard deviation of such a measurement. */
export interface Finding {
  what: string;
  expected: number;
  measured: number;
  sigma: number;
}

/** Within three standard deviations of the reference; exactly it where nothing can vary. */
export function holds({ expected, measured, sigma }: Finding): boolean {
  return Math.abs(measured - expected) <= 3 * sigma;
}

/** What a distribution says of its samples: mean, variance and the fourth moment about the mean. */
export interface Moments {
  mean: number;
  variance: number;
  fourth: number;
}

/** Something that may be drawn, and its chance; chances add up to 1. */
export interface Outcome {
  value: number;
  chance: number;
}

export function momentsOf(outcomes: readonly Outcome[]): Moments {
  const expectation = (of: (value: number) => number): number =>
    outcomes.reduce((sum, { value, chance }) => sum + chance * of(value), 0);
  const mean = expectation((value) => value);
  return {
    mean,
    variance: expectation((value) => (value - mean) ** 2),
    fourth: expectation((value) => (value - mean) ** 4),
  };
}

/** Of U(low, high). */
export function uniform(low: number, high: number): Moments {
  const width = high - low;
  return { mean: (low + high) / 2, variance: width ** 2 / 12, fourth: width ** 4 / 80 };
}

/** How often something with a chance happened in `n` independent tries. */
export function rate(what: string, happened: number, n: number, chance: number): Finding {
  return { what, expected: chance, measured: happened / n, sigma: Math.sqrt((chance * (1 - chance)) / n) };
}

/** Every value of `among` as often as the next one. */
export function evenly<T>(what: string, values: readonly T[], among: readonly T[]): Finding[] {
  return among.map((one) =>
    rate(`${what} ${String(one)}`, values.filter((value) => value === one).length, values.length, 1 / among.length),
  );
}

/** Mean and variance of samples beside those of the distribution they should be from. */
export function spreadOf(what: string, samples: readonly number[], { mean, variance, fourth }: Moments): Finding[] {
  const n = samples.length;
  const average = samples.reduce((sum, value) => sum + value, 0) / n;
  const squares = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  return [
    { what: `${what}, mean`, expected: mean, measured: average, sigma: Math.sqrt(variance / n) },
    {
      what: `${what}, variance`,
      expected: variance,
      measured: squares,
      sigma: Math.sqrt((fourth - variance ** 2) / n),
    },
  ];
}

/** Places that should be uniform on 0 .. room, each on its own room: their mean distance from the middle, in pixels. */
export function middling(what: string, places: readonly { at: number; room: number }[]): Finding {
  const n = places.length;
  const off = places.reduce((sum, { at, room }) => sum + at - room / 2, 0) / n;
  const variance = places.reduce((sum, { room }) => sum + ((room + 1) ** 2 - 1) / 12, 0);
  return { what: `${what}, pixels from the middle`, expected: 0, measured: off, sigma: Math.sqrt(variance) / n };
}

/** Correlation of two samples that should have nothing to do with each other. */
export function unrelated(what: string, a: readonly number[], b: readonly number[]): Finding {
  const centred = (values: readonly number[]): number[] => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [x, y] = [centred(a), centred(b)];
  const dot = (u: number[], v: number[]): number => u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  const measured = dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  return { what: `${what}, correlation`, expected: 0, measured, sigma: 1 / Math.sqrt(a.length) };
}

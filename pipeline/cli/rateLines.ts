/** Rates by name in percent, a line for each: 'rank 1              97.20 %'. */
export function rateLines(name: string, rates: Readonly<Record<string, number>> = {}): string[] {
  return Object.entries(rates).map(
    ([at, rate]) => `${`${name} ${at}`.padEnd(18)}${(100 * rate).toFixed(2).padStart(6)} %`,
  );
}

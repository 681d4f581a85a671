import { peerResult, spread, type PeerResult, type Spread } from './result.ts';

/** Somebody who does the work when it is his turn. */
export interface Contender {
  name: string;
  /** Does it once, and says how fast, or how much it took. */
  turn(): number | Promise<number>;
}

/**
 * Lets us and the others take turns at the same work, one after the other, so that what the machine does besides falls on all.
 *
 * @param say told every round
 * @return ours, and each other's with the ratio of ours over his in each round
 */
export async function takeTurns(
  ours: Contender,
  others: readonly Contender[],
  { rounds, unit, say }: { rounds: number; unit: string; say: (line: string) => void },
): Promise<Spread & { peers: PeerResult[] }> {
  const all = [ours, ...others];
  const figures: number[][] = all.map(() => []);
  for (let round = 1; round <= rounds; round++) {
    for (const [i, contender] of all.entries()) figures[i]!.push(await contender.turn());
    const told = all.map(({ name }, i) => `${name} ${figures[i]!.at(-1)!.toPrecision(4)}`);
    say(`round ${round}: ${told.join(', ')} ${unit}`);
  }
  const [own, ...theirs] = figures as [number[], ...number[][]];
  return { ...spread(own), peers: theirs.map((values, i) => peerResult(others[i]!.name, values, own)) };
}

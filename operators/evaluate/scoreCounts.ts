/** Cosines counted by kind and height: what partial figures are read off. */
export interface ScoreCounts {
  add(score: number, genuine: boolean): void;
  /** TAR at the threshold where at most `far` of the impostors pass, to the width of a bin; undefined before both kinds have been seen. */
  tarAt(far: number): number | undefined;
}

/** Bins of 1/4096 over [-1, 1]. */
const BINS = 8192;

/**
 * Counts cosines in bins of 1/4096, in 64 KiB whatever their number.
 *
 * ```ts
 * const counts = scoreCounts();
 * counts.add(0.9, true);
 * counts.add(0.1, false);
 * console.log(counts.tarAt(1e-3)); // 1
 * ```
 */
export function scoreCounts(): ScoreCounts {
  const genuine = new Uint32Array(BINS);
  const impostors = new Uint32Array(BINS);
  const total = { genuine: 0, impostors: 0 };
  return {
    add(score, same) {
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((score + 1) / 2) * BINS)));
      (same ? genuine : impostors)[bin]!++;
      total[same ? 'genuine' : 'impostors']++;
    },
    tarAt(far) {
      if (total.genuine === 0 || total.impostors === 0) return undefined;
      let [passed, accepted] = [0, 0];
      for (let bin = BINS - 1; bin >= 0; bin--) {
        passed += impostors[bin]!;
        if (passed > far * total.impostors) break;
        accepted += genuine[bin]!;
      }
      return accepted / total.genuine;
    },
  };
}

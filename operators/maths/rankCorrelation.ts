/**
 * Spearman's rank correlation, in [-1, 1]: the correlation of the ranks, equal values sharing their mean rank.
 *
 * In plain words: 1 where the larger of one is always the larger of the other, 0 where one says nothing of the other.
 *
 * ```ts
 * rankCorrelation([1, 2, 3], [10, 90, 400]); // 1
 * ```
 *
 * @return NaN where one of them is constant, or there are fewer than two
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (x.length + 1) / 2;
  let [along, spreadX, spreadY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - middle, y[i]! - middle];
    along += dx * dy;
    spreadX += dx * dx;
    spreadY += dy * dy;
  }
  return along / Math.sqrt(spreadX * spreadY);
}

function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).toSorted((i, j) => values[i]! - values[j]!);
  const found = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) found[order[k]!] = (from + 1 + to) / 2;
  }
  return found;
}

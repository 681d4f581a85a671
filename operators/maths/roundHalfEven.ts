/**
 * The nearest whole number; what lies in the middle between two goes to the even one.
 *
 * In plain words: how IEEE 754, and with it C's rint, numpy and OpenCV, round; Math.round sends the middle upwards.
 */
export function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
}

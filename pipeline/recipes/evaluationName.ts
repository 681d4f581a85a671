/** What is done to the faces of a protocol before they are embedded, and which of its pairs are compared. */
export interface Variant {
  /** Brings every face down to so many pixels and back up first. */
  reduce?: number | undefined;
  /** Blurs every face with a Gaussian kernel of so many pixels first. */
  blur?: number | undefined;
  /** Covers one face of each pair by a black square of so many pixels first. */
  occlude?: number | undefined;
  /** Some of the protocol's own folds, counted from 1. */
  folds?: readonly number[] | undefined;
}

/** What an evaluation is called: 'lfw', 'lfw-20px', 'lfw-blur7', 'lfw-oc29', 'cfp-fp-folds5to10'. */
export function evaluationName(protocol: string, { reduce, blur, occlude, folds }: Variant = {}): string {
  return [
    protocol,
    ...(folds === undefined ? [] : [`folds${foldsText(folds)}`]),
    ...(reduce === undefined ? [] : [`${reduce}px`]),
    ...(blur === undefined ? [] : [`blur${blur}`]),
    ...(occlude === undefined ? [] : [`oc${occlude}`]),
  ].join('-');
}

function foldsText(folds: readonly number[]): string {
  const [first = 0] = folds;
  const inARow = folds.length > 1 && folds.every((fold, i) => fold === first + i);
  return inARow ? `${first}to${folds.at(-1)}` : folds.join('+');
}

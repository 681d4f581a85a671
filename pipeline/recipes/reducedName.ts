/** What an evaluation is called: 'lfw', and 'lfw-20px' where its faces are reduced to 20 x 20 pixels first. */
export function reducedName(protocol: string, reduce?: number): string {
  return reduce === undefined ? protocol : `${protocol}-${reduce}px`;
}

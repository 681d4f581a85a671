import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { throughSize } from '../../operators/augment/rescale.ts';
import { loadDecoder } from '../../operators/image/decode.ts';
import { encodePng } from '../../pipeline/pixels.ts';
import type { IndexedSource } from '../../sources/indexed.ts';

/** What was written. */
export interface TinyFaceSet {
  /** People with a probe of each kind and a match. */
  people: number;
  distractors: number;
}

/**
 * Writes faces in TinyFace's layout: of each person with two images or more the first is the match, the second the probe, twice: brought
 * down to `side` pixels and back ('7_tiny.png'), and as it is ('7_clean.jpg'). Strangers are distractors.
 */
export async function writeTinyFaceSet(
  root: string,
  people: IndexedSource,
  strangers: readonly IndexedSource[],
  side: number,
): Promise<TinyFaceSet> {
  const decode = await loadDecoder();
  const write = (name: string, bytes: Uint8Array): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), bytes);
  };
  await people.open();
  const byPerson = people.classes!.map((_, label) =>
    [...people.labels.keys()].filter((i) => people.labels[i] === label),
  );
  const paired = [...byPerson.entries()].filter(([, images]) => images.length > 1);
  for (const [label, [first, second]] of paired) {
    const [match, probe] = await people.read(Int32Array.of(first!, second!));
    write(`Gallery_Match/${label}_1.jpg`, match!.bytes!);
    write(`Probe/${label}_clean.jpg`, probe!.bytes!);
    const face = await decode(probe!.bytes!);
    throughSize(face, { size: [side, side], down: 'area', up: 'bicubic' });
    write(`Probe/${label}_tiny.png`, await encodePng(face));
  }
  await people.close();
  let distractors = 0;
  for (const source of strangers) {
    for await (const chunk of source)
      for (const { bytes } of chunk) write(`Gallery_Distractor/${distractors++}.jpg`, bytes!);
    await source.close();
  }
  return { people: paired.length, distractors };
}

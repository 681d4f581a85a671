import type { Flow, Sample } from 'rxface';
import { detect, type FaceDetector } from 'rxface/operators';
import { tap, type MonoTypeOperatorFunction } from 'rxjs';
import { imageSize } from '../bytes/imageSize.ts';

/** Images whose geometry does not look aligned: they have no landmarks, and another size than faces are to have. */
export interface Looked {
  count: number;
  /** Name of the first. */
  first?: string;
}

/** The same faces, with the landmarks that a detector finds, where there is one. */
export function found(faces: Flow<Sample>, detector: FaceDetector | undefined): Flow<Sample> {
  return detector === undefined ? faces : faces.pipe('detect', detect({ detector }), { capacity: 16, bytes: 2 ** 26 });
}

/** Counts what `lookedAt` finds. */
export function counted(looked: Looked): (id: string) => void {
  return (id) => {
    looked.count++;
    looked.first ??= id;
  };
}

/** Lets every sample pass and names those that will be resized, not aligned. */
export function lookedAt(
  size: readonly [number, number],
  stray: (id: string) => void,
): MonoTypeOperatorFunction<Sample> {
  return tap((sample) => {
    if (!isAligned(sample, size)) stray(sample.id);
  });
}

function isAligned({ bytes, points }: Sample, [height, width]: readonly [number, number]): boolean {
  if (points !== undefined || bytes === undefined) return true;
  const held = imageSize(bytes);
  // What is no image is said by who decodes it.
  return held === undefined || (held.height === height && held.width === width);
}

/** What to warn of; nothing where all are aligned. */
export function notAlignedText({ count, first }: Looked, detecting: boolean): string | undefined {
  if (count === 0) return undefined;
  const which = detecting ? 'in which no face was found' : 'that by their size do not look aligned';
  const cure = detecting ? '' : '; --align --detector FILE.onnx finds faces';
  return `${count.toLocaleString('en-GB')} images ${which} (the first: ${first}) were resized, not aligned: their figures say little${cure}`;
}

import type { FaceDetector } from 'rxface/operators';
import { OptionError } from '../errors.ts';
import { say } from './program.ts';

/** What `--align` and `--detector` take. */
export const ALIGN_OPTION = 'find the face in each photograph with --detector and align it';
export const DETECTOR_OPTION = 'YuNet or SCRFD with five points, .onnx: with --align';

/** Options of a command that takes unaligned photographs. */
export interface DetectorOptions {
  align?: boolean;
  detector?: string;
}

/** Opens the detector that `--align --detector` names, says what it is, and closes it after the work. @throws OptionError for one without the other */
export async function withDetector<T>(
  command: string,
  { align = false, detector: path }: DetectorOptions,
  work: (detector: FaceDetector | undefined) => Promise<T>,
): Promise<T> {
  if (align !== (path !== undefined))
    throw new OptionError(command, align ? '--detector' : '--align', 'given with the other of the two', 'nothing');
  if (path === undefined) return work(undefined);
  const { FaceDetector: Detector } = await import('rxface/operators');
  const detector = await Detector.open(path);
  try {
    say(`rxface: ${detector.recognised}`);
    return await work(detector);
  } finally {
    detector.dispose();
  }
}

import type { Fault, Sink, StageContext } from '../pipeline/contracts.ts';
import { FormatError, RxfaceError } from '../pipeline/errors.ts';
import type { Sample } from '../pipeline/items.ts';
import { beginOutput, type Naming, type Standing, type Unfinished } from './unfinished.ts';

/** A sample that has its encoded image. */
export type EncodedSample = Sample & { bytes: Uint8Array };

/** What a format of records knows; when it is written, and what happens when it is cut short, is the same for all. */
export interface RecordFormat {
  /** Opens its files where the output stands. */
  begin(output: Unfinished): Promise<void>;
  write(sample: EncodedSample): Promise<void>;
  /** Once all that was written is on the disk: what `begin` will need to go on here. */
  sync(): Promise<Standing['figures']>;
  /** Writes what comes last, and says what is to get which name. */
  end(): Promise<readonly Naming[]>;
  close(): Promise<void>;
}

/** Image bytes written between two entries of the journal: the most that is done again after a crash. */
const MARK_BYTES = 1 << 24;

/**
 * A sink of encoded faces that has its name only once it is whole, and can go on where it was cut short.
 *
 * A sample that comes with `damage`, or with an image of no bytes, is left out, as a fault: in a set of records a substitute would be a lie.
 */
export function recordSink(path: string, begun: Unfinished | undefined, format: RecordFormat): Sink<Sample> {
  let context: StageContext;
  let output: Unfinished | undefined;
  let standing: Standing;
  let fresh = 0;
  /** Set while something is written, and for good where that failed: the files may hold other than `standing` says. */
  let torn = false;
  const mark = async (): Promise<void> => {
    standing = { ...standing, figures: await format.sync() };
    await output!.mark(standing);
    fresh = 0;
  };
  const leaveOut = ({ id, index }: Sample, damage: string): void => {
    const found: Fault = { stage: context.stage, file: id, index, reason: damage };
    context.fault(found);
    const { stage: _, ...fault } = context.locate?.(found) ?? found;
    standing = { ...standing, faults: [...standing.faults, fault] };
  };
  return {
    async open(at) {
      context = at;
      const began = begun ?? (await beginOutput(path));
      standing = began.standing;
      fresh = 0;
      torn = false;
      await format.begin(began).catch(async (error: unknown) => {
        await format.close();
        await began.close();
        throw error;
      });
      output = began;
    },
    async write(sample) {
      torn = true;
      const { bytes, damage } = sample;
      if (damage !== undefined) leaveOut(sample, damage);
      else if (bytes?.length === 0) leaveOut(sample, 'the image has no bytes');
      else {
        if (bytes === undefined) throw new RxfaceError('a record needs the encoded image, and there is none');
        await format.write({ ...sample, bytes });
        standing = { ...standing, records: standing.records + 1, bytes: standing.bytes + bytes.length };
        fresh += bytes.length;
      }
      standing = { ...standing, position: sample.position + 1 };
      if (fresh >= MARK_BYTES) await mark();
      torn = false;
    },
    async close(end) {
      if (output === undefined) return;
      try {
        if (end.kind === 'complete') {
          if (standing.records === 0)
            throw new FormatError(path, undefined, 'a record to write', standing.faults[0]?.reason);
          const names = await format.end();
          await mark();
          await output.finish(names);
        } else if (!torn) {
          // Why the run failed is what the user must hear; how far it got is a courtesy.
          await mark().catch((error: unknown) => {
            if (end.kind === 'aborted') throw error;
          });
        }
      } finally {
        await format.close();
        await output.close();
        output = undefined;
      }
    },
  };
}

import type { Fault, Outcome, Sink } from '../pipeline/contracts.ts';
import { exists, readText } from '../pipeline/files/read.ts';
import { openAppender, writeFile, type Appender } from '../pipeline/files/write.ts';

/**
 * Appends each broken record to a file, as one line of JSON the moment it is met.
 *
 * In plain words: the list of what a run could not use, where it lies, why, and which record took its place.
 * A line has stage, file, offset, index, epoch, position, substitute (index) and reason, those that are known. What a source
 * found wrong with its index belongs to no place in the training: it is listed once, however often the source is opened.
 *
 * ```ts
 * await run(training, { quarantine: toQuarantine('run/quarantine.jsonl') });
 * ```
 *
 * @param path file to append to; made at the first fault, its folder must exist
 * @return a sink; throws FileError where the file cannot be written
 */
export function toQuarantine(path: string): Sink<Fault> {
  let file: Appender | undefined;
  let known = new Set<string>();
  return {
    async open() {
      known = new Set((await linesOf(path)).filter((line) => placeIn(line) === undefined));
    },
    async write(fault) {
      const line = lineOf(fault);
      if (known.has(line)) return;
      if (placeIn(line) === undefined) known.add(line);
      file ??= await openAppender(path);
      await file.append(`${line}\n`);
    },
    async close(_end: Outcome) {
      const open = file;
      file = undefined;
      await open?.sync().finally(() => open.close());
    },
  };
}

/**
 * Takes a quarantine list back to a point in the training, for a run that goes on from there and will meet the rest again.
 * Lines of several stages stand in the order in which these met them, so each line is judged by its own place.
 *
 * @param at the first sample that is not yet consumed: of a checkpoint its `epoch` and `position`
 */
export async function rewindQuarantine(path: string, at: { epoch: number; position: number }): Promise<void> {
  if (!(await exists(path))) return;
  const kept = (await linesOf(path)).filter((line) => {
    const place = placeIn(line);
    return place === undefined || place.epoch < at.epoch || (place.epoch === at.epoch && place.position < at.position);
  });
  await writeFile(path, kept.map((line) => `${line}\n`).join(''));
}

function lineOf({ stage, file, offset, index, epoch, position, substitute, reason }: Fault): string {
  return JSON.stringify({ stage, file, offset, index, epoch, position, substitute, reason });
}

function placeIn(line: string): { epoch: number; position: number } | undefined {
  const { epoch, position } = JSON.parse(line) as Partial<Fault>;
  return epoch === undefined || position === undefined ? undefined : { epoch, position };
}

/** Whole lines of the file; a process that was killed may have left part of one. */
async function linesOf(path: string): Promise<string[]> {
  if (!(await exists(path))) return [];
  return (await readText(path)).split('\n').slice(0, -1);
}

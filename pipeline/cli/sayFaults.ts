import type { Fault } from '../contracts.ts';
import { describeFault } from '../describe.ts';
import { EXIT, say } from './program.ts';

/** Lines that a listing shows one by one. */
export const MOST_LINES = 10;

/** Names what is wrong with the records of a source, the first `most` of them, and lets the command end as failed where there are any. */
export function sayFaults(faults: readonly Pick<Fault, 'file' | 'offset' | 'reason'>[], most = MOST_LINES): void {
  for (const fault of faults.slice(0, most)) say(`rxface: ${describeFault(fault)}`);
  if (faults.length > most) say(`rxface: and ${faults.length - most} more faults`);
  if (faults.length > 0) process.exitCode = EXIT.failed;
}

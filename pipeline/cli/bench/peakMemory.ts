import { exists, readText } from '../../files/read.ts';

const STATUS = '/proc/self/status';

/** Most memory that this process has held at once, in bytes. */
export async function peakMemory(): Promise<number> {
  // Linux: the figure that getrusage gives counts what the parent held before this program took its place.
  if (!(await exists(STATUS))) return process.resourceUsage().maxRSS * 1024;
  return peakIn(await readText(STATUS));
}

/** VmHWM of /proc/PID/status in bytes. */
export function peakIn(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

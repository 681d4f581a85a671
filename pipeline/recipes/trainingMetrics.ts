import { metricsOf, openMetrics, type RunReport } from 'rxface';
import { openAppender } from '../files/write.ts';

/** Seconds between two lines. */
const EVERY = 5;

export interface TrainingMetrics {
  /** The run stands like this: written down every five seconds. */
  progressed(report: RunReport): void;
  /** The run ended like this. */
  ran(report: RunReport): void;
  /** Waits for what is being written, and closes file and endpoint. */
  close(): Promise<void>;
}

/**
 * Writes down how the graph stands while a training runs: lines of JSON in `file`, and where a port is given an endpoint for
 * Prometheus on loopback.
 *
 * @throws OptionError where the port cannot be had; FileError where the file cannot be written (from `close`)
 */
export async function trainingMetrics(
  file: string,
  { port, say }: { port?: number | undefined; say: (line: string) => void },
): Promise<TrainingMetrics> {
  const endpoint = port === undefined ? undefined : await openMetrics(port);
  if (endpoint !== undefined) say(`metrics: ${endpoint.url}`);
  let written = Promise.resolve();
  let last = performance.now();
  const lines = await openAppender(file).catch(async (error: unknown) => {
    await endpoint?.close();
    throw error;
  });
  const write = (report: RunReport): void => {
    last = performance.now();
    const line = `${JSON.stringify(metricsOf(report))}\n`;
    written = written.then(() => lines.append(line));
    // Told by `close`.
    written.catch(() => {});
  };
  return {
    progressed(report) {
      endpoint?.tell(report);
      if (performance.now() - last >= EVERY * 1000) write(report);
    },
    ran(report) {
      endpoint?.tell(report);
      write(report);
    },
    async close() {
      await endpoint?.close();
      await written.finally(() => lines.close());
    },
  };
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OptionError } from './errors.ts';
import { systemCode } from './files/reason.ts';
import { prometheusText } from './metrics.ts';
import type { RunReport } from './report.ts';

/** Where a Prometheus on this machine reads how a run stands. */
export interface MetricsEndpoint {
  /** http://127.0.0.1:PORT/metrics */
  readonly url: string;
  /** What is answered from now on: pass it on from `onProgress`. */
  tell(report: RunReport): void;
  /** Closes it; no socket is left. */
  close(): Promise<void>;
}

/**
 * Opens an endpoint on loopback that answers `GET /metrics` with how the run stood when it was last told.
 *
 * ```ts
 * const metrics = await openMetrics(9464);
 * await run(training, { onProgress: metrics.tell }).finally(metrics.close);
 * ```
 *
 * @param port 0: any that is free
 * @throws OptionError where the port is no port, taken, or not ours to take
 */
export async function openMetrics(port: number): Promise<MetricsEndpoint> {
  if (!(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new OptionError('metrics', 'port', 'a whole number in [0, 65535]', port);
  let text = '';
  const server = createServer((request, response) => {
    const there = request.url === '/metrics' && (request.method === 'GET' || request.method === 'HEAD');
    response.writeHead(there ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(there ? text : 'only GET /metrics is here\n');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    const code = systemCode(error);
    const expected = code === 'EADDRINUSE' ? 'free, another program listens there' : `one that can be opened (${code})`;
    throw new OptionError('metrics', 'port', expected, port);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    tell(report) {
      text = prometheusText(report);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

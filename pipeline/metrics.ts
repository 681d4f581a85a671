import type { Outcome } from './contracts.ts';
import type { NodeReport, RunReport } from './report.ts';

/** A RunReport as a line of metrics.jsonl: plain numbers, no errors and no list of faults. */
export interface RunMetrics {
  /** Milliseconds since 1970. */
  at: number;
  graph: string;
  /** How the run ended; null while it goes on. */
  outcome: Outcome['kind'] | null;
  seconds: number;
  limiting: string;
  /** Broken records. */
  faults: number;
  nodes: NodeReport[];
}

/** What of a report is written down. */
export function metricsOf(
  { graph, outcome, seconds, limiting, faults, nodes }: RunReport,
  at = Date.now(),
): RunMetrics {
  return { at, graph, outcome: outcome?.kind ?? null, seconds, limiting, faults: faults.count, nodes };
}

/** Value of one series, with what tells it from others of its name. */
type Sample = [labels: Record<string, string>, value: number];

/**
 * A report in the text format of Prometheus, version 0.0.4.
 *
 * Counters begin at 0 with every run of a graph, which in training is every epoch: `rate()` and `increase()` know that.
 *
 * ```ts
 * prometheusText(report); // rxface_items_total{graph="train",node="prepare",kind="stage"} 512 ...
 * ```
 */
export function prometheusText({ graph, seconds, limiting, faults, nodes }: RunReport): string {
  const whole = { graph };
  const of = (node: NodeReport): Record<string, string> => ({ graph, node: node.name });
  const linked = (value: (link: NonNullable<NodeReport['link']>) => number | null): Sample[] =>
    nodes.flatMap((node): Sample[] => {
      const found = node.link && value(node.link);
      return found === undefined || found === null ? [] : [[of(node), found]];
    });
  return [
    family('items_total', 'counter', 'Items a node has given; a sink: has written.', nodes.map((node) => [{ ...of(node), kind: node.kind }, node.items])), // prettier-ignore
    family('discarded_total', 'counter', 'Items dropped before a node.', nodes.map((node) => [of(node), node.discarded])), // prettier-ignore
    family(
      'node_seconds_total',
      'counter',
      'Seconds a node was at work, waited for an item, and waited for room downstream.',
      nodes.flatMap((node) =>
        Object.entries(node.seconds).map(([state, value]): Sample => [{ ...of(node), state }, value]),
      ),
    ),
    family(
      'link_items',
      'gauge',
      'Items in the link after a node.',
      linked(({ held }) => held),
    ),
    family(
      'link_peak_items',
      'gauge',
      'Most items at once in the link after a node.',
      linked(({ peak }) => peak),
    ),
    family(
      'link_capacity_items',
      'gauge',
      'Items the link after a node may hold.',
      linked(({ capacity }) => capacity),
    ),
    family('limiting', 'gauge', '1 at the node that limits the rate.', nodes.map((node) => [of(node), Number(node.name === limiting)])), // prettier-ignore
    family('faults_total', 'counter', 'Broken records.', [[whole, faults.count]]),
    family('run_seconds', 'gauge', 'Seconds since the run of the graph began.', [[whole, seconds]]),
  ].join('');
}

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => {
    const inside = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `rxface_${name}{${inside.join(',')}} ${value}`;
  });
  return `# HELP rxface_${name} ${help}\n# TYPE rxface_${name} ${type}\n${lines.join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

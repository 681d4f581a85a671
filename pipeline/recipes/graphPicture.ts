import type { Batch, Graph, RunMetrics, Sample, Source, Stage, StepItem } from 'rxface';
import { toEach, type FlowLink, type FlowNode, type FlowPlot } from 'rxface/sinks';
import type { MetaInput } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { EMPTY } from 'rxjs';
import { draw } from '../draw.ts';
import { inletsOf, outOf } from '../nodes.ts';
import { metaGraph } from './metaGraph.ts';
import type { MetaTrainingConfig } from './metaParts.ts';
import type { Config } from './schema.ts';
import { trainingGraph } from './trainingGraph.ts';

/** The graph that trains one epoch of a config, to look at: no data is opened and no engine started, and it cannot be run. */
export function graphOf(config: Config): Graph {
  const faces: Source<Sample> = { name: 'faces', read: () => [], async *[Symbol.asyncIterator]() {} };
  const ends = { files: toEach<StepItem>(() => {}), console: toEach<StepItem>(() => {}) };
  const place = { faces, epoch: 0, position: 0, ...ends };
  const label = { in: 'Batch', out: 'StepItem', keeps: 'order, count', asks: 1, gives: 1, holds: 0 };
  if (config.meta !== undefined) {
    const step: Stage<MetaInput, StepItem> = Object.assign(() => EMPTY, {
      label: { ...label, in: '[Batch, Sample[]]' },
    });
    const candidates = { ...faces, length: 1 } as IndexedSource;
    const meta = { meta: { candidates }, done: 0, from: 0, teaching: new WeakSet<Sample>() };
    return metaGraph(config as MetaTrainingConfig, { ...place, ...meta, step });
  }
  const step: Stage<Batch, StepItem> = Object.assign(() => EMPTY, { label });
  return trainingGraph(config, { ...place, step });
}

/** The graph as Mermaid, with how it stands where that is known. */
export function mermaidOf(graph: Graph, metrics?: RunMetrics): string {
  const notes = new Map(metrics?.nodes.map(({ name }) => [name, notesOf(name, metrics)]));
  return draw(graph, notes);
}

/** The graph as a picture, with how it stands where that is known. */
export function pictureOf(graph: Graph, metrics?: RunMetrics): FlowPlot {
  const reported = (name: string) => metrics?.nodes.find((node) => node.name === name);
  const nodes = graph.nodes.map(({ name, kind }): FlowNode => {
    const report = reported(name);
    if (metrics === undefined || report === undefined) return { name, kind };
    return { name, kind, notes: notesOf(name, metrics), shares: sharesOf(report), limiting: metrics.limiting === name };
  });
  const links = graph.nodes.flatMap((node) =>
    inletsOf(node).flatMap(({ after, branch }): FlowLink[] => {
      const before = graph.nodes.find(({ name }) => name === after);
      if (before === undefined || before.kind === 'sink') return [];
      const carried = `${branch === undefined ? '' : `${branch}: `}${outOf(before, graph.nodes)}`;
      const text = `${carried} x ${before.capacity === Infinity ? '∞' : before.capacity}`;
      const link = reported(after)?.link;
      const fill = link?.capacity && { held: link.held / link.capacity, peak: link.peak / link.capacity };
      return [{ from: after, to: node.name, text, ...(fill && { fill }) }];
    }),
  );
  const now = metrics && `, ${metrics.outcome ?? 'running'} after ${metrics.seconds.toFixed(1)} s`;
  const faults = metrics?.faults ? `, ${metrics.faults} broken records` : '';
  return { title: `${graph.name}: at most ${graph.bound()} items in flight${now ?? ''}${faults}`, nodes, links };
}

/** Parts of the time that a node has been waited for or has waited itself. */
function sharesOf({ seconds: { busy, starved, blocked } }: RunMetrics['nodes'][number]) {
  const all = busy + starved + blocked || 1;
  return { busy: busy / all, starved: starved / all, blocked: blocked / all };
}

function notesOf(name: string, { nodes, seconds, limiting }: RunMetrics): string[] {
  const node = nodes.find((one) => one.name === name)!;
  const rate = seconds > 0 ? node.items / seconds : 0;
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return [
    `${node.items.toLocaleString('en-GB')} items, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second`,
    `at work ${percent(sharesOf(node).busy)}${limiting === name ? ', limits the rate' : ''}`,
  ];
}

import { describe, expect, it } from 'vitest';
import { metricsOf, prometheusText } from '../../pipeline/metrics.ts';
import type { RunReport } from '../../pipeline/report.ts';

const REPORT: RunReport = {
  graph: 'train',
  outcome: { kind: 'failed', error: new Error('x') },
  seconds: 2.5,
  limiting: 'step "1"',
  faults: { count: 3, list: [] },
  nodes: [
    { name: 'faces', kind: 'source', items: 64, discarded: 0, seconds: { busy: 0.25, starved: 0, blocked: 2 }, link: { capacity: null, held: 7, peak: 9 } },
    { name: 'step "1"', kind: 'sink', items: 57, discarded: 1, seconds: { busy: 2, starved: 0.5, blocked: 0 } },
  ],
}; // prettier-ignore

describe('metrics', () => {
  it('are plain numbers that JSON holds', () => {
    const metrics = metricsOf(REPORT, 1700);
    expect(metrics).toMatchObject({ at: 1700, graph: 'train', outcome: 'failed', limiting: 'step "1"', faults: 3 });
    expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
    expect(metricsOf({ ...REPORT, outcome: undefined }).outcome).toBeNull();
  });

  it("are read by Prometheus: a family's help and type first, every label escaped", () => {
    const text = prometheusText(REPORT);
    expect(text).toContain('# TYPE rxface_items_total counter\nrxface_items_total{graph="train",node="faces",kind="source"} 64\n'); // prettier-ignore
    expect(text).toContain('rxface_node_seconds_total{graph="train",node="step \\"1\\"",state="busy"} 2\n');
    expect(text).toContain('rxface_link_peak_items{graph="train",node="faces"} 9\n');
    expect(text).not.toContain('link_capacity_items');
    expect(text).toContain('rxface_limiting{graph="train",node="faces"} 0\n');
    expect(text).toContain('rxface_faults_total{graph="train"} 3\n');
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) rxface_\w+ .+|rxface_\w+\{\w+="([^"\\\n]|\\.)*"(,\w+="([^"\\\n]|\\.)*")*\} [\d.e+-]+)$/); // prettier-ignore
    const families = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    expect(new Set(families).size).toBe(families.length);
  });
});

import { expect, it } from 'vitest';
import { flowPlot, type FlowPlot } from '../../../sinks/plot/flowPlot.ts';

const PLOT: FlowPlot = {
  title: 'a & b',
  nodes: [{ name: 'faces <1>', kind: 'source' }, { name: 'step', kind: 'stage' }, { name: 'log', kind: 'sink' }],
  links: [{ from: 'faces <1>', to: 'step', text: 'Sample x 64' }, { from: 'step', to: 'log', text: 'StepItem x 1' }],
}; // prettier-ignore

it('draws every box and arrow with its text, as XML that stands alone', () => {
  const svg = flowPlot(PLOT);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>$/);
  for (const text of ['a &amp; b', 'faces &lt;1&gt;', 'step', 'log', 'Sample x 64', 'StepItem x 1'])
    expect(svg).toContain(`>${text}</text>`);
  expect(svg).not.toContain('at work');
  expect(svg).not.toMatch(/NaN|undefined/);
});

it('shows what it is told of a run: notes, shares of the time, full links and what limits', () => {
  const [faces, step, log] = PLOT.nodes as [never, FlowPlot['nodes'][number], never];
  const told = { ...step, notes: ['57 items'], shares: { busy: 0.5, starved: 0.25, blocked: 0.25 }, limiting: true };
  const [first, second] = PLOT.links as [FlowPlot['links'][number], FlowPlot['links'][number]];
  const svg = flowPlot({ ...PLOT, nodes: [faces, told, log], links: [{ ...first, fill: { held: 0.25, peak: 2 } }, second] }); // prettier-ignore
  expect(svg).toContain('>57 items</text>');
  expect(svg).toContain('>limits the rate</text>');
  const widths = [...svg.matchAll(/<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="(5|6)"/g)].map(([, width]) => Number(width)); // prettier-ignore
  // A gauge of 40 pixels, full where it was fuller than full; then the bar of what the box spends its time on.
  expect(widths.slice(0, 3)).toEqual([40, 40, 10]);
  expect(widths[3]! / widths[4]!).toBeCloseTo(2, 5);
});

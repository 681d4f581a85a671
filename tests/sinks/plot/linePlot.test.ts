import sharp from 'sharp';
import { expect, it } from 'vitest';
import { linePlot } from '../../../sinks/plot/linePlot.ts';

const axes = { x: { label: 'step' }, y: { label: 'loss', domain: [0, 10] as const } };

it('draws the points where they belong', () => {
  const svg = linePlot({
    title: 'T',
    ...axes,
    series: [
      {
        name: 'a',
        points: [
          [0, 0],
          [10, 10],
        ],
      },
    ],
  });
  // 560 x 300 with 56 pixels for the numbers at the left and 24 at the right, 48 above, 46 below.
  expect(svg).toContain('d="M56,254L536,48"');
  expect(svg).not.toContain('>a</text>');
});

it('breaks a line where there is no number, and shades a band', () => {
  const points = [
    [0, 1],
    [1, NaN],
    [2, 3],
    [3, 4],
  ] as const;
  const svg = linePlot({
    title: 'T',
    ...axes,
    series: [
      {
        name: 'a',
        points,
        band: [
          [0, 0, 2],
          [3, 3, 5],
        ],
      },
    ],
  });
  expect(svg).not.toContain('NaN');
  expect(svg.match(/d="M[^"]*M[^"]*"/g)).toHaveLength(1);
  expect(svg).toContain('opacity:0.16');
});

it('names lines where there are several, the dashed ones as such', () => {
  const points = [
    [0, 1],
    [1, 2],
  ] as const;
  const svg = linePlot({
    title: '<T>',
    ...axes,
    series: [
      { name: 'a & b', points },
      { name: 'c', points, dashed: true },
    ],
  });
  expect(svg).toContain('>a &amp; b</text>');
  expect(svg).toContain('aria-label="&lt;T&gt;"');
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
});

it('sets names that do not fit beside each other in rows, above the lines', () => {
  const series = Array.from({ length: 5 }, (_, i) => ({
    name: `models/a-long-name-${i}.onnx`,
    points: [[0, i]] as const,
  }));
  const svg = linePlot({ title: 'T', ...axes, series });
  const rows = [...svg.matchAll(/<text x="([\d.]+)" y="(\d+)">models/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(new Set(rows.map(([, y]) => y))).toEqual(new Set([38, 58, 78]));
  expect(Math.max(...rows.map(([x]) => x!)) + 6.6 * 27).toBeLessThan(560);
  // Three rows of names: the highest point lies below them.
  expect(svg).toContain('y="100"');
});

it('is an SVG that others can draw, with colours of its own', async () => {
  const svg = linePlot({
    title: 'T',
    ...axes,
    series: [
      {
        name: 'a',
        points: [
          [0, 1],
          [1, 2],
        ],
      },
    ],
  });
  expect(await sharp(Buffer.from(svg)).metadata()).toMatchObject({ format: 'svg', width: 560, height: 300 });
  expect(linePlot({ title: 'T', ...axes, series: [] })).toContain('</svg>');
});

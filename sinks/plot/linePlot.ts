import { area, line } from 'd3-shape';
import { xmlText } from '../../pipeline/bytes/xmlText.ts';
import { drawAxes, px, scaleOf, type Axis, type Frame } from './axes.ts';

/** One line of a plot. */
export interface Series {
  name: string;
  /** Points that are no finite numbers break the line. */
  points: readonly (readonly [x: number, y: number])[];
  /** How far around the line the values reach. */
  band?: readonly (readonly [x: number, low: number, high: number])[];
  dashed?: boolean;
  /** Number of its colour, 0-based; default its place among the series. */
  colour?: number;
}

export interface LinePlot {
  title: string;
  x: Axis;
  y: Axis;
  series: readonly Series[];
  /** Pixels. Default 560 x 300. */
  width?: number;
  height?: number;
}

/** Names that a page may give other values; the colours beside them hold where the SVG stands alone. */
const COLOURS = [
  'var(--line-1,#2563a8)',
  'var(--line-2,#c2571a)',
  'var(--line-3,#2f7d5b)',
  'var(--line-4,#7a4fa3)',
  'var(--line-5,#96700a)',
  'var(--line-6,#b03060)',
];
const LETTER = 6.6;
/** Height of a row of names. */
const ROW = 20;

/**
 * Lines over two axes as one SVG: numbers in, text out, nothing to run.
 *
 * In plain words: a picture that every browser and every mail shows, also where scripts are off.
 *
 * @example
 * linePlot({ title: 'Loss', x: { label: 'step' }, y: { label: 'loss' }, series: [{ name: 'loss', points: [[1, 9], [2, 7]] }] });
 *
 * @returns an svg element that scales with the width it is given; the names of the lines stand above where there are several
 */
export function linePlot({ title, x, y, series, width = 560, height = 300 }: LinePlot): string {
  const named = series.length > 1 ? names(series, width) : { drawn: '', rows: 0 };
  const frame: Frame = { left: 56, right: width - 24, top: 48 + ROW * named.rows, bottom: height - 46 };
  const xs = series.flatMap(({ points }) => points.map(([value]) => value));
  const ys = series.flatMap(({ points, band = [] }) => [
    ...points.map(([, value]) => value),
    ...band.flatMap(([, low, high]) => [low, high]),
  ]);
  const across = scaleOf(x, xs, [frame.left, frame.right]);
  const up = scaleOf(y, ys, [frame.bottom, frame.top]);
  const place = ([a, b]: readonly [number, number]): [number, number] => [px(across.at(a)), px(up.at(b))];
  const drawn = series.map(({ points, band = [], dashed = false, colour: own }, i) => {
    const colour = colourOf(own ?? i);
    const shade = area<readonly [number, number, number]>()
      .x(([at]) => px(across.at(at)))
      .y0(([, low]) => px(up.at(low)))
      .y1(([, , high]) => px(up.at(high)))
      .defined((point) => point.every(Number.isFinite))([...band]);
    const stroke = line().defined((point) => point.every(Number.isFinite))(points.map(place));
    return (
      (shade ? `<path d="${shade}" style="fill:${colour};opacity:0.16"/>` : '') +
      (stroke
        ? `<path d="${stroke}" fill="none" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"${dash(dashed)} style="stroke:${colour}"/>`
        : '')
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${xmlText(title)}" ` +
    `font-family="system-ui,sans-serif" font-size="12" style="fill:var(--mute,#68707a)">` +
    `<text x="0" y="16" font-size="14" font-weight="600" style="fill:var(--ink,#1c2126)">${xmlText(title)}</text>` +
    named.drawn +
    drawAxes(across, up, frame) +
    drawn.join('') +
    '</svg>'
  );
}

/** Which line is which, in rows below the title. */
function names(series: readonly Series[], width: number): { drawn: string; rows: number } {
  let [left, row] = [0, 0];
  const drawn = series.map(({ name, dashed = false, colour }, i) => {
    const wide = 26 + name.length * LETTER;
    if (left > 0 && left + wide > width) [left, row] = [0, row + 1];
    const [x, y] = [left, 34 + ROW * row];
    left += wide + 14;
    return (
      `<path d="M${px(x)} ${y}h18" fill="none" stroke-width="2.4"${dash(dashed)} style="stroke:${colourOf(colour ?? i)}"/>` +
      `<text x="${px(x + 24)}" y="${y + 4}">${xmlText(name)}</text>`
    );
  });
  return { drawn: drawn.join(''), rows: row + 1 };
}

function colourOf(number: number): string {
  return COLOURS[number % COLOURS.length]!;
}

function dash(dashed: boolean): string {
  return dashed ? ' stroke-dasharray="5 4"' : '';
}

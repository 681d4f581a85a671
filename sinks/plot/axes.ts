import { scaleLinear, scaleLog } from 'd3-scale';
import { xmlText } from '../../pipeline/bytes/xmlText.ts';

/** One axis of a plot. */
export interface Axis {
  label: string;
  /** Default linear. */
  scale?: 'linear' | 'log';
  /** Default: as far as the points reach; on a linear axis rounded to its ticks. */
  domain?: readonly [number, number];
  /** Numbers are fractions and shown as percent. */
  percent?: boolean;
  /** Numbers are written as powers of ten: 10⁻³. For a log axis. */
  powers?: boolean;
  /** Numbers count something: only whole ones are written at the axis, and it ends with the last point. */
  whole?: boolean;
}

/** An axis on its place in the picture. */
export interface Scale {
  /** Pixel of a value. */
  at(value: number): number;
  ticks: { at: number; text: string }[];
  label: string;
}

/** Where the data go, in pixels of the picture. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Lays an axis over pixels: linear or logarithmic, with ticks at round values.
 *
 * @param values what has to fit where the axis has no domain; for a log axis those above 0 count
 * @param range pixels of the least and the greatest value
 */
export function scaleOf(axis: Axis, values: readonly number[], range: readonly [number, number]): Scale {
  const log = axis.scale === 'log';
  const finite = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  const domain = axis.domain ?? spread(finite, log);
  const format = (value: number): string => (axis.powers ? powerText(value) : text(value, axis.percent === true));
  if (log) {
    const scale = scaleLog(domain, range);
    const few = domain[1] / domain[0] <= 100 && !axis.powers;
    const ticks = scale.ticks().filter((tick) => (few ? [1, 2, 5] : [1]).includes(leading(tick)));
    return { at: scale, ticks: ticks.map((tick) => ({ at: scale(tick), text: format(tick) })), label: axis.label };
  }
  const scale = scaleLinear(domain, range);
  if (axis.domain === undefined && !axis.whole) scale.nice(TICKS);
  const ticks = scale.ticks(TICKS).filter((tick) => !axis.whole || Number.isInteger(tick));
  return { at: scale, ticks: ticks.map((tick) => ({ at: scale(tick), text: format(tick) })), label: axis.label };
}

/** The first digit of a number written with one. */
function leading(value: number): number {
  return Number(value.toExponential(0).split('e')[0]);
}

const TICKS = 5;
const round = (value: number): number => Math.round(value * 1e9) / 1e9;

/** A domain has a length: a value alone lies in the middle of one. */
function spread(values: readonly number[], log: boolean): [number, number] {
  if (values.length === 0) return log ? [1, 10] : [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (low < high) return [low, high];
  if (log) return [low / 10, low * 10];
  const half = Math.abs(low) / 2 || 1;
  return [low - half, low + half];
}

function powerText(value: number): string {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const exponent = Math.round(Math.log10(value));
  if (exponent === 0) return '1';
  return `10${String(exponent)
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => digits[Number(digit)]!)}`;
}

function text(value: number, percent: boolean): string {
  const shown = round(percent ? 100 * value : value);
  const small = shown !== 0 && Math.abs(shown) < 1e-3;
  const digits = small ? shown.toExponential() : shown.toLocaleString('en-GB', { maximumFractionDigits: 6 });
  return percent ? `${digits} %` : digits;
}

/** Grid, tick labels and axis labels as SVG. Colours are the page's: --grid and --mute, or greys. */
export function drawAxes(x: Scale, y: Scale, { left, right, top, bottom }: Frame): string {
  const middle = (left + right) / 2;
  return [
    ...y.ticks.map(
      (tick) =>
        `<path d="M${left} ${px(tick.at)}H${right}" style="stroke:var(--grid,#e3e6ea)"/>` +
        `<text x="${left - 8}" y="${px(tick.at + 4)}" text-anchor="end">${xmlText(tick.text)}</text>`,
    ),
    ...x.ticks.map(
      (tick) =>
        `<path d="M${px(tick.at)} ${bottom}v4" style="stroke:var(--mute,#68707a)"/>` +
        `<text x="${px(tick.at)}" y="${bottom + 18}" text-anchor="middle">${xmlText(tick.text)}</text>`,
    ),
    `<path d="M${left} ${bottom}H${right}" style="stroke:var(--mute,#68707a)"/>`,
    `<text x="${middle}" y="${bottom + 36}" text-anchor="middle">${xmlText(x.label)}</text>`,
    `<text x="${left}" y="${top - 8}" text-anchor="start">${xmlText(y.label)}</text>`,
  ].join('');
}

/** Pixels to a tenth: what no eye sees need not be written. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}

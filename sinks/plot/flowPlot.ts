import { xmlText } from '../../pipeline/bytes/xmlText.ts';
import { px } from './axes.ts';
import { layers } from './layers.ts';

/** A box of the picture. */
export interface FlowNode {
  name: string;
  kind: 'source' | 'stage' | 'junction' | 'sink';
  /** Lines below its name. */
  notes?: readonly string[];
  /** Parts of the time, in [0, 1]: at work, waiting for an item, waiting for room. */
  shares?: { busy: number; starved: number; blocked: number };
  /** It limits the rate. */
  limiting?: boolean;
}

/** An arrow of the picture. */
export interface FlowLink {
  from: string;
  to: string;
  /** What goes through it and how much it holds: 'Sample x 512'. */
  text: string;
  /** How full it is, and was at most, in [0, 1]. */
  fill?: { held: number; peak: number };
}

export interface FlowPlot {
  title: string;
  /** Each after those it takes from. */
  nodes: readonly FlowNode[];
  links: readonly FlowLink[];
}

const KINDS = {
  source: { line: 'var(--line-3,#2f7d5b)', round: 20 },
  stage: { line: 'var(--line-1,#2563a8)', round: 5 },
  junction: { line: 'var(--line-4,#7a4fa3)', round: 5 },
  sink: { line: 'var(--mute,#68707a)', round: 20 },
} as const;
const SHARES = [
  { share: 'busy', text: 'at work', colour: 'var(--line-1,#2563a8)' },
  { share: 'starved', text: 'waits for items', colour: 'var(--grid,#d5dae0)' },
  { share: 'blocked', text: 'waits for room', colour: 'var(--line-2,#e0a33a)' },
] as const;
const LIMIT = 'var(--limit,#c2371a)';
const LETTER = { name: 7.4, note: 6.1 };
/** Pixels in which an arrow changes its height. */
const BEND = 40;
const HEAD = 40;
const LEGEND = 34;
const MARGIN = 16;

/**
 * What flows where as one SVG: boxes for sources, stages and sinks, arrows for the links between them; numbers in, text out.
 *
 * In plain words: where a run told how it goes, bars show what each box spends its time on, gauges how full the links are.
 *
 * @example
 * flowPlot({ title: 'squares', nodes: [{ name: 'numbers', kind: 'source' }, { name: 'print', kind: 'sink' }],
 *   links: [{ from: 'numbers', to: 'print', text: 'item x 64' }] });
 *
 * @returns an svg element, as wide as the graph is long
 */
export function flowPlot({ title, nodes, links }: FlowPlot): string {
  const boxes = nodes.map((node) => ({ name: node.name, width: widthOf(node), height: heightOf(node) }));
  const ways = links.map(({ from, to, text }) => ({ from, to, length: BEND + text.length * LETTER.note + 24 }));
  const placed = layers(boxes, ways);
  const live = nodes.some(({ shares }) => shares !== undefined);
  const width = Math.max(placed.width + 2 * MARGIN, live ? 420 : 0, title.length * 8 + 2 * MARGIN);
  const height = placed.height + HEAD + MARGIN + (live ? LEGEND : 0);
  const arrows = links.map((link, i) => {
    const meets = links.some((other) => other !== link && other.to === link.to);
    return arrow(link, placed.routes[i]!, meets);
  });
  const drawn = nodes.map((node, i) => {
    const { x, y, width: wide } = placed.places.get(node.name)!;
    return `<g transform="translate(${px(x)} ${px(y - boxes[i]!.height / 2)})">${box(node, { width: wide, height: boxes[i]!.height })}</g>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" ` +
    `role="img" aria-label="${xmlText(title)}" font-family="system-ui,sans-serif" font-size="11" style="fill:var(--mute,#68707a)">` +
    `<rect width="100%" height="100%" style="fill:var(--paper,#fff)"/>` +
    `<text x="${MARGIN}" y="24" font-size="14" font-weight="600" style="fill:var(--ink,#1c2126)">${xmlText(title)}</text>` +
    `<g transform="translate(${MARGIN} ${HEAD})">${arrows.join('')}${drawn.join('')}</g>` +
    (live ? legend(height - 14) : '') +
    '</svg>'
  );
}

function widthOf({ name, notes = [] }: FlowNode): number {
  return Math.max(84, 30 + name.length * LETTER.name, ...notes.map((note) => 30 + note.length * LETTER.note));
}

function heightOf({ notes = [], shares }: FlowNode): number {
  return 40 + notes.length * 15 + (shares === undefined ? 0 : 12);
}

function box(
  { name, kind, notes = [], shares, limiting = false }: FlowNode,
  { width, height }: { width: number; height: number },
): string {
  const { line, round } = KINDS[kind];
  const colour = limiting ? LIMIT : line;
  const middle = px(width / 2);
  const text = notes.map(
    (note, i) => `<text x="${middle}" y="${40 + 15 * i}" text-anchor="middle">${xmlText(note)}</text>`,
  );
  return (
    `<rect width="${px(width)}" height="${px(height)}" rx="${round}" stroke-width="${limiting ? 2.4 : 1.4}" style="fill:var(--paper,#fff);stroke:${colour}"/>` +
    `<rect width="${px(width)}" height="${px(height)}" rx="${round}" style="fill:${colour};opacity:0.07"/>` +
    `<text x="${middle}" y="25" text-anchor="middle" font-size="13" font-weight="600" style="fill:var(--ink,#1c2126)">${xmlText(name)}</text>` +
    text.join('') +
    (shares === undefined ? '' : bar(shares, { x: 15, y: height - 17, width: width - 30 }))
  );
}

function bar(shares: NonNullable<FlowNode['shares']>, at: { x: number; y: number; width: number }): string {
  let x = at.x;
  return SHARES.map(({ share, colour }) => {
    const width = at.width * Math.max(0, Math.min(1, shares[share]));
    const part = `<rect x="${px(x)}" y="${px(at.y)}" width="${px(width)}" height="6" style="fill:${colour}"/>`;
    x += width;
    return part;
  }).join('');
}

/** An arrow; its text stands where it is level: before the box it leads to or, where several meet there, before they do. */
function arrow({ text, fill }: FlowLink, route: readonly (readonly [number, number])[], meets: boolean): string {
  const path = route.slice(1).reduce(
    (drawn, [x, y], i) => {
      const [fromX, fromY] = route[i]!;
      if (fromY === y) return `${drawn}H${px(x)}`;
      const bend = meets && i === route.length - 2 ? x - BEND : fromX;
      const [half, end] = [bend + BEND / 2, bend + BEND];
      return `${drawn}H${px(bend)}C${px(half)} ${px(fromY)} ${px(half)} ${px(y)} ${px(end)} ${px(y)}H${px(x)}`;
    },
    `M${px(route[0]![0])} ${px(route[0]![1])}`,
  );
  const [before, [x, y]] = [route.at(-2)!, route.at(-1)!];
  const level = before[1] === y ? 0 : BEND / 2;
  const middle = [(before[0] + x) / 2 + (meets ? -level : level), meets ? before[1] : y] as const;
  return (
    `<path d="${path}" fill="none" stroke-width="1.5" style="stroke:var(--mute,#68707a)"/>` +
    `<path d="M${px(x - 7)} ${px(y - 4)}L${px(x)} ${px(y)}L${px(x - 7)} ${px(y + 4)}z"/>` +
    `<text x="${px(middle[0])}" y="${px(middle[1] - 7)}" text-anchor="middle">${xmlText(text)}</text>` +
    (fill === undefined ? '' : gauge(fill, middle))
  );
}

/** How full a link is: the dark part now, the light part at most. */
function gauge({ held, peak }: NonNullable<FlowLink['fill']>, [x, y]: readonly [number, number]): string {
  const part = (share: number, style: string): string =>
    `<rect x="${px(x - 20)}" y="${px(y + 6)}" width="${px(40 * Math.max(0, Math.min(1, share)))}" height="5" style="${style}"/>`;
  return (
    part(1, 'fill:var(--paper,#fff);stroke:var(--mute,#68707a);stroke-width:0.8') +
    part(peak, 'fill:var(--line-3,#2f7d5b);opacity:0.35') +
    part(held, 'fill:var(--line-3,#2f7d5b)')
  );
}

function legend(y: number): string {
  let x = MARGIN;
  const item = (text: string, mark: string): string => {
    const shown = `<g transform="translate(${px(x)} ${px(y)})">${mark}<text x="18">${text}</text></g>`;
    x += 30 + text.length * LETTER.note;
    return shown;
  };
  const square = (style: string): string => `<rect y="-8" width="12" height="8" style="${style}"/>`;
  return [
    ...SHARES.map(({ text, colour }) => item(text, square(`fill:${colour}`))),
    item('link: now, most', square('fill:var(--line-3,#2f7d5b)')),
    item('limits the rate', square(`fill:none;stroke:${LIMIT};stroke-width:2`)),
  ].join('');
}

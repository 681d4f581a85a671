import { xmlText } from '../../pipeline/bytes/xmlText.ts';

/** What a page shows, from top to bottom. Text is text: it is escaped here. */
export interface Page {
  title: string;
  /** A sentence or two below the title. */
  lead: string;
  sections: readonly Section[];
  /** Seconds after which a browser reads it again: what it tells of goes on. Absent: it stays. */
  refresh?: number;
}

export interface Section {
  title: string;
  text?: string;
  /** Names with their values. */
  facts?: readonly (readonly [name: string, value: string])[];
  table?: Table;
  /** SVG elements, set side by side where there is room. */
  plots?: readonly string[];
  pictures?: readonly Picture[];
  /** Small pictures, set side by side. */
  tiles?: readonly Tile[];
  /** Text to be read or copied as it stands. */
  code?: string;
}

/** The first column is left-aligned, the others are figures. */
export interface Table {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A PNG with a line of text below it. */
export interface Picture {
  png: Uint8Array;
  caption: string;
}

/** A JPEG with a line of text below it. */
export interface Tile {
  jpeg: Uint8Array;
  caption: string;
}

/**
 * A page as one HTML file that needs nothing beside it: no script, no font, no picture from elsewhere.
 *
 * In plain words: a file to open, mail or print; it follows the reader's light or dark mode.
 *
 * @example
 * page({ title: 'runs/demo', lead: 'trained in 80 s', sections: [{ title: 'Loss', facts: [['last', '0.31']] }] });
 */
export function page({ title, lead, sections, refresh }: Page): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    ...(refresh === undefined ? [] : [`<meta http-equiv="refresh" content="${refresh}">`]),
    `<title>${xmlText(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<header><h1>${xmlText(title)}</h1><p>${xmlText(lead)}</p></header>`,
    ...sections.map(sectionOf),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function sectionOf({ title, text, facts, table, plots, pictures, tiles, code }: Section): string {
  const parts = [
    text && `<p>${xmlText(text)}</p>`,
    table && `<div class="wide">${tableOf(table)}</div>`,
    facts && `<dl>${facts.map(([name, value]) => `<dt>${xmlText(name)}</dt><dd>${xmlText(value)}</dd>`).join('')}</dl>`,
    plots && `<div class="plots">${plots.map((plot) => `<figure>${plot}</figure>`).join('\n')}</div>`,
    ...(pictures ?? []).map(({ png, caption }) => `<figure class="picture">${captioned('png', png, caption)}</figure>`),
    tiles &&
      `<div class="tiles">${tiles.map(({ jpeg, caption }) => `<figure>${captioned('jpeg', jpeg, caption)}</figure>`).join('\n')}</div>`,
    code && `<pre>${xmlText(code)}</pre>`,
  ].filter((part) => part !== undefined && part !== '');
  return `<section><h2>${xmlText(title)}</h2>\n${parts.join('\n')}\n</section>`;
}

function captioned(format: 'png' | 'jpeg', bytes: Uint8Array, caption: string): string {
  const text = xmlText(caption);
  return `<img alt="${text}" src="data:image/${format};base64,${Buffer.from(bytes).toString('base64')}"><figcaption>${text}</figcaption>`;
}

function tableOf({ head, rows }: Table): string {
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${xmlText(cell)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${cells(head, 'th')}</thead><tbody>${rows.map((row) => cells(row, 'td')).join('')}</tbody></table>`;
}

const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2126;--mute:#68707a;--grid:#e3e6ea;--wash:#f5f7f9;
--line-1:#2563a8;--line-2:#c2571a;--line-3:#2f7d5b;--line-4:#7a4fa3;--line-5:#96700a;--line-6:#b03060}
@media (prefers-color-scheme:dark){:root{--paper:#15181c;--ink:#e6e9ec;--mute:#98a1ab;--grid:#2b3138;--wash:#1d2126;
--line-1:#6ea8e5;--line-2:#ee9a5f;--line-3:#6dc29b;--line-4:#b794e0;--line-5:#d8b44a;--line-6:#e58aac}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:40px 32px 64px;background:var(--paper);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{margin:0 0 6px;font-size:26px;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
header p{margin:0;color:var(--mute);font-size:16px}
section{margin-top:40px}
h2{margin:0 0 12px;padding-bottom:6px;border-bottom:1px solid var(--grid);font-size:17px;font-weight:650}
section>p{margin:0 0 14px;max-width:90ch;color:var(--mute)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 22px;margin:0}
dt{color:var(--mute)}
dd{margin:0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:6px 26px 6px 0;text-align:right;border-bottom:1px solid var(--grid);white-space:nowrap}
th{color:var(--mute);font-weight:500}
th:first-child,td:first-child{text-align:left}
.wide{overflow-x:auto}
.wide+dl,.wide+.plots,dl+.plots{margin-top:26px}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:30px 40px}
.plots figure{max-width:600px}
figure{margin:0;min-width:0}
svg{display:block;width:100%;height:auto}
.picture{margin-top:18px}
.picture img{display:block;max-width:100%;height:auto;border-radius:6px}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:20px}
.tiles img{display:block;width:100%;height:auto;border-radius:6px}
.tiles figcaption{font-size:13px;overflow-wrap:anywhere}
figcaption{margin-top:6px;color:var(--mute);font-size:14px}
pre{margin:0;padding:16px 18px;overflow-x:auto;background:var(--wash);border-radius:6px;
font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (max-width:600px){body{padding:24px 16px 40px}h1{font-size:22px}th,td{padding-right:18px}
.plots,.tiles{gap:22px 14px}}
@media print{body{padding:0}section{break-inside:avoid}}
`;

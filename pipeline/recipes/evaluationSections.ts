import { linePlot, type Section, type Series } from 'rxface/sinks';
import type { EvaluationRecord, Figure } from './evaluationRecord.ts';

/** An evaluation and what its model is called beside others. */
interface Named {
  label: string;
  record: EvaluationRecord;
}

/** What a report of evaluations shows, protocol by protocol; models side by side. */
export function evaluationSections(records: readonly EvaluationRecord[]): Section[] {
  const models = [...new Set(records.map(({ model }) => model))];
  const labels = labelsOf(models);
  const protocols = [...new Set(records.map(({ protocol }) => protocol))];
  return protocols.flatMap((protocol) => {
    const own = records.filter((record) => record.protocol === protocol);
    const named = own.map((record, i): Named => {
      const label = labels[models.indexOf(record.model)]!;
      const before = own.slice(0, i).filter(({ model }) => model === record.model).length;
      return { record, label: before === 0 ? label : `${label} (${before + 1})` };
    });
    return sectionsOf(protocol, named);
  });
}

/** The shortest names that tell models apart: the last parts of their paths. @param paths each once */
export function labelsOf(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split(/[/\\]/).filter((part) => part !== ''));
  const longest = Math.max(1, ...parts.map(({ length }) => length));
  for (let count = 1; count < longest; count++) {
    const names = parts.map((own) => own.slice(-count).join('/'));
    if (new Set(names).size === paths.length) return names;
  }
  return [...paths];
}

function sectionsOf(protocol: string, named: readonly Named[]): Section[] {
  return [
    figureSection(protocol, named),
    curveSection(named),
    groupSection(named),
    spreadSection(named),
    rejectSection(named),
    ...named.map(hardestSection),
  ].filter((section) => section !== undefined);
}

function figureSection(protocol: string, named: readonly Named[]): Section {
  const names = [...new Set(named.flatMap(({ record }) => record.figures.map(({ name }) => name)))];
  const cell = ({ record }: Named, name: string): string => {
    const figure = record.figures.find((one) => one.name === name);
    return figure === undefined ? '' : shown(figure);
  };
  const every = (read: (record: EvaluationRecord) => string): string =>
    [...new Set(named.map(({ record }) => read(record)))].join('; ');
  const facts = named.flatMap(({ label, record }) =>
    record.facts.map(([name, value]): [string, string] => [named.length > 1 ? `${label}: ${name}` : name, value]),
  );
  return {
    title: protocol,
    text: `${every(({ trials }) => trials)}. In brackets 95 % intervals (${every(({ intervals }) => intervals)}); ± is the standard deviation over folds.`,
    table: { head: ['figure', ...named.map(({ label }) => label)], rows: names.map((name) => [name, ...named.map((one) => cell(one, name))]) }, // prettier-ignore
    ...(facts.length > 0 && { facts }),
  };
}

function shown({ value, rate = false, interval, spread }: Figure): string {
  const digits = rate && value !== 0 && value < 0.001 ? 4 : rate ? 2 : 4;
  const number = (x: number): string => (rate ? 100 * x : x).toFixed(digits);
  return [
    number(value),
    ...(spread === undefined ? [] : [` ± ${number(spread)}`]),
    ...(rate ? [' %'] : []),
    ...(interval === undefined ? [] : [` [${interval.map(number).join(', ')}]`]),
  ].join('');
}

/** ROC and DET, or CMC. */
function curveSection(named: readonly Named[]): Section | undefined {
  const roc = named.filter(({ record }) => record.roc !== undefined);
  const cmc = named.filter(({ record }) => record.cmc !== undefined);
  const plots = [
    ...(roc.length === 0 ? [] : [rocPlot(roc), detPlot(roc)]),
    ...(cmc.length === 0 ? [] : [cmcPlot(cmc)]),
  ];
  if (plots.length === 0) return undefined;
  const bands = named.some(({ record }) => record.cmc !== undefined || record.roc?.interval !== undefined);
  return { title: 'Curves', ...(bands && { text: 'The band around a line is its 95 % interval.' }), plots };
}

const FAR = { label: 'FAR', scale: 'log', powers: true } as const;

function rocPlot(named: readonly Named[]): string {
  const series = named.map(({ label, record }, i): Series => {
    const { far, tar, interval } = record.roc!;
    return {
      name: label,
      colour: i,
      points: far.map((rate, k) => [rate, tar[k]!] as const),
      ...(interval && { band: far.map((rate, k) => [rate, ...interval[k]!] as const) }),
    };
  });
  return linePlot({ title: 'ROC', x: FAR, y: upTo(series, 'TAR'), series });
}

/** Both errors; a point without misses has no place on a log axis. */
function detPlot(named: readonly Named[]): string {
  const series = named.map(({ label, record }, i): Series => {
    const { far, tar } = record.roc!;
    const points = far.map((rate, k) => [rate, 1 - tar[k]!] as const);
    return { name: label, colour: i, points: points.map(([rate, missed]) => [rate, missed > 1e-9 ? missed : NaN]) };
  });
  return linePlot({ title: 'DET', x: FAR, y: { label: 'FNMR', scale: 'log', percent: true }, series });
}

function cmcPlot(named: readonly Named[]): string {
  const series = named.map(({ label, record }, i): Series => {
    const { rank, rate, interval } = record.cmc!;
    return {
      name: label,
      colour: i,
      points: rank.map((k, at) => [k, rate[at]!] as const),
      band: rank.map((k, at) => [k, ...interval[at]!] as const),
    };
  });
  const x = { label: 'rank', scale: 'log' } as const;
  return linePlot({ title: 'CMC', x, y: upTo(series, 'share of the probes'), series });
}

/** An axis of rates that ends at 1 and begins below all of them. */
function upTo(series: readonly Series[], label: string): { label: string; percent: true; domain: [number, number] } {
  const least = Math.min(1, ...series.flatMap(({ points, band = [] }) => [...points.map(([, y]) => y), ...band.map(([, low]) => low)])); // prettier-ignore
  const step = least > 0.9 ? 0.02 : 0.2;
  return { label, percent: true, domain: [Math.max(0, Math.floor(least / step - 1e-9) * step), 1] };
}

/** What one threshold for everybody lets through of each group, a plot a model. */
function groupSection(named: readonly Named[]): Section | undefined {
  const plots = named.flatMap(({ label, record: { groups } }) => {
    if (groups === undefined) return [];
    const line = (rates: readonly number[]): (readonly [number, number])[] =>
      groups.far.map((far, i) => [far, rates[i]! > 0 ? rates[i]! : NaN] as const);
    const series = groups.fmr.map(({ name, rates }, i): Series => ({ name, colour: i, points: line(rates) }));
    const all: Series = { name: 'all pairs', colour: series.length, dashed: true, points: line(groups.far) };
    const title = named.length > 1 ? `False matches: ${label}` : 'False matches';
    const y = { label: 'FMR within the group', scale: 'log', powers: true } as const;
    return [linePlot({ title, x: { ...FAR, label: 'FAR of all pairs' }, y, series: [...series, all] })];
  });
  const text =
    'One threshold for everybody: what it lets through of the pairs within each group, over what it lets through of all.';
  return plots.length === 0 ? undefined : { title: 'Groups', text, plots };
}

/** How the scores of both kinds are spread, a plot a model, with the threshold between. */
function spreadSection(named: readonly Named[]): Section | undefined {
  const plots = named.flatMap(({ label, record: { histogram, atFar } }) => {
    if (histogram === undefined) return [];
    const { from, width, genuine, impostors } = histogram;
    const bars = (name: string, colour: number, shares: readonly number[]): Series => {
      const corners = shares.flatMap((share, i) => [0, 1].map((end) => [from + (i + end) * width, share] as const));
      return { name, colour, points: corners, band: corners.map(([x, share]) => [x, 0, share] as const) };
    };
    const most = Math.max(...genuine, ...impostors);
    const line: Series[] =
      atFar === undefined
        ? []
        : [{ name: 'threshold', colour: 3, dashed: true, points: [[atFar.threshold, 0], [atFar.threshold, most]] }]; // prettier-ignore
    const series = [bars('one person', 0, genuine), bars('two people', 1, impostors), ...line];
    const y = { label: `share of each kind, in bins of ${width.toFixed(3)}`, percent: true };
    return [linePlot({ title: named.length > 1 ? `Scores: ${label}` : 'Scores', x: { label: 'cosine similarity' }, y, series })]; // prettier-ignore
  });
  return plots.length === 0 ? undefined : { title: 'Scores', plots };
}

function rejectSection(named: readonly Named[]): Section | undefined {
  // One point is no curve: too few strangers to refuse any.
  const known = named.filter(({ record }) => (record.reject?.rejected.length ?? 0) > 1);
  if (known.length === 0) return undefined;
  const series = known.flatMap(({ label, record }, i): Series[] => {
    const { rejected, fnmr, fnmrFixed } = record.reject!;
    const line = (rates: readonly number[]): (readonly [number, number])[] => rejected.map((share, k) => [share, rates[k]!] as const); // prettier-ignore
    return [
      { name: label, colour: i, points: line(fnmr) },
      { name: `${label}, one threshold`, colour: i, dashed: true, points: line(fnmrFixed) },
    ];
  });
  const rates = [...new Set(known.map(({ record }) => record.reject!.fmr))].map((fmr) => fmr.toExponential(0));
  const correlations = known.map(({ label, record }) => `${label} ${record.reject!.correlation.toFixed(2)}`);
  const x = { label: 'pairs refused, those of the shortest embedding first', percent: true, domain: [0, 1] as const };
  const most = Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y)));
  return {
    title: 'Quality',
    text:
      `What refusing pairs does to the errors of the others: the length of the shorter embedding of a pair stands for its quality. ` +
      `Where lengths know which faces are bad the line falls. Rank correlation of length and similarity over the pairs of one person: ${correlations.join(', ')}.`,
    plots: [
      linePlot({
        title: `Error versus reject at FMR ${rates.join(', ')}`,
        x,
        y: { label: 'FNMR of the kept pairs', percent: true, domain: [0, most > 0 ? 1.15 * most : 0.01] },
        series,
      }),
    ],
  };
}

function hardestSection({ label, record: { hardest } }: Named): Section | undefined {
  if (hardest === undefined || hardest.length === 0) return undefined;
  return {
    title: `Hardest pairs: ${label}`,
    text: 'First the pairs of one person that are least alike, then those of two people that are most alike, by cosine similarity.',
    tiles: hardest.map(({ same, similarity, a, b, jpeg }) => ({
      jpeg: Buffer.from(jpeg, 'base64'),
      caption: `${same ? 'one person' : 'two people'}, ${similarity.toFixed(3)}: ${shortName(a)}, ${shortName(b)}`,
    })),
  };
}

/** 'Ann/Ann_0001' says Ann twice. */
function shortName(image: string): string {
  const [person = '', ...rest] = image.split('/');
  return rest.length === 1 && rest[0]!.startsWith(person) ? rest[0]! : image;
}

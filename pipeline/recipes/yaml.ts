import { isMap, isScalar, LineCounter, parseDocument, stringify, visit, type Document, type ParsedNode } from 'yaml';

/** Keys and list positions from the top of a document to one value. */
export type Path = readonly (string | number)[];

/** A YAML or JSON text with its values and the lines they stand on. */
export interface YamlText {
  readonly value: unknown;
  /** Syntax errors, duplicate keys and unknown aliases, each with its line; `value` is undefined where there are any. */
  readonly problems: readonly { line: number; reason: string }[];
  /** 1-based line of the key that leads to `path`, or of the nearest parent that is written down. */
  lineOf(path: Path): number;
}

/** Reads YAML 1.2; JSON is a part of it. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const problems = document.errors.map((error) => ({ line: lines.linePos(error.pos[0]).line, reason: error.message }));
  let value: unknown;
  try {
    if (problems.length === 0) value = document.toJS() as unknown;
  } catch (error) {
    // An alias without its anchor, which is mostly a pattern such as *.rec.
    const reason = `${(error as Error).message}; a text that begins with * must be quoted`;
    problems.push({ line: lines.linePos(firstAlias(document)).line, reason });
  }
  return {
    value,
    problems,
    lineOf(path) {
      for (let length = path.length; length > 0; length--) {
        const offset = offsetOf(document, path.slice(0, length));
        if (offset !== undefined) return lines.linePos(offset).line;
      }
      return 1;
    },
  };
}

/** A plain value as YAML that reads back the same. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}

/** Offset of the first alias that stands for nothing. */
function firstAlias(document: Document.Parsed<ParsedNode>): number {
  let offset = 0;
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) !== undefined) return undefined;
      offset = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

function offsetOf(document: Document.Parsed<ParsedNode>, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
    return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node = document.getIn(path, true) as ParsedNode | undefined;
  return node?.range?.[0];
}

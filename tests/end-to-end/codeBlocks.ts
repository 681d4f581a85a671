import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The ```ts blocks of a Markdown text, in order. */
export function codeBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);
}

/** A function that the library exports, and the examples in its docblock. */
export interface Documented {
  /** Path of its file below the root, without extension. */
  file: string;
  name: string;
  /** What follows its name: parameters and return type, as far as its first line tells. */
  signature: string;
  examples: string[];
}

const FOLDERS = ['pipeline', 'operators', 'sources', 'sinks', 'tests/contracts'];

/** Every file of the library, and its text. */
function files(): [path: string, text: string][] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
      .toSorted()
      .map((path): [string, string] => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );
}

const DECLARED = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm;

/** Modules by the names they export: the package's entries, and for what they leave out the file that was built. */
export function exportedNames(): { inside: Map<string, string>; entries: Map<string, string> } {
  const inside = new Map<string, string>();
  const entries = new Map<string, string>();
  const namesIn = new Map<string, string[]>();
  for (const [path, text] of files()) {
    const names = [...text.matchAll(DECLARED)].map(([, name]) => name!);
    namesIn.set(path, names);
    for (const name of names) inside.set(name, `${ROOT}dist/${path.replace(/\.ts$/, '.js')}`);
  }
  for (const [index, entry] of Object.entries(ENTRIES)) {
    const text = readFileSync(join(ROOT, index), 'utf8');
    const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list]) => list!.split(','));
    const starred = [...text.matchAll(/^export \* from '\.\/(.*)'/gm)].flatMap(([, file]) =>
      namesIn.get(`${dirname(index)}/${file}`)!,
    );
    for (const name of [...listed, ...starred]) entries.set(name.replace('type ', '').trim(), entry);
  }
  return { inside, entries };
}

const ENTRIES = {
  'pipeline/index.ts': 'rxface',
  'operators/index.ts': 'rxface/operators',
  'sources/index.ts': 'rxface/sources',
  'sinks/index.ts': 'rxface/sinks',
  'tests/contracts/index.ts': 'rxface/testing',
};

/** Every exported declaration that has a docblock. */
export function documented(): Documented[] {
  return files().flatMap(([path, text]) => {
    const blocks = text.matchAll(
      /^\/\*\*((?:(?!\*\/).)*?)\*\/\nexport (?:async )?(?:function|const|class|interface) (\w+)(.*?[{;]\n)/gms,
    );
    return [...blocks].map(([, comment, name, signature]) => ({
      file: path.replace(/\.ts$/, ''),
      name: name!,
      signature: signature!,
      examples: examplesOf(comment!.replaceAll(/^ \* ?/gm, '')),
    }));
  });
}

/** ```ts blocks, and what follows an @example up to the next tag. */
function examplesOf(comment: string): string[] {
  const tagged = [...comment.matchAll(/^@example\n(.*?)(?=^@|(?![^]))/gms)].map((match) => match[1]!.trim());
  return [...codeBlocks(comment), ...tagged];
}

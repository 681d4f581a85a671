import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const ROOMS = ['pipeline', 'operators', 'sources', 'sinks'];

interface SourceFile {
  path: string;
  text: string;
  imports: { specifier: string; typeOnly: boolean }[];
}

const files = ROOMS.flatMap((room) => walk(room)).map(read);
const tests = walk('tests');
const byPath = new Map(files.map((file) => [file.path, file]));

describe('house rules', () => {
  it('reads the house', () => expect(files.length).toBeGreaterThan(20));

  it('imports go to the own folder or to lower floors', () => {
    const wrong = files.flatMap((file) =>
      localImports(file)
        .filter((to) => !mayImport(file.path, to))
        .map((to) => `${file.path} -> ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no import cycle', () => {
    expect(findCycle()).toEqual([]);
  });

  it('lets each library in by one door', () => {
    const doors: Record<string, string> = {
      sharp: 'pipeline/pixels.ts',
      msgpackr: 'pipeline/bytes/msgpack.ts',
      'fast-glob': 'pipeline/files/glob.ts',
      'csv-parse': 'pipeline/bytes/csv.ts',
      yaml: 'pipeline/recipes/yaml.ts',
      zod: 'pipeline/recipes/fields.ts',
      commander: 'pipeline/cli/program.ts',
      koffi: 'operators/image/turboJpeg.ts',
      'onnxruntime-node': 'pipeline/engine/onnx.ts',
      '@tensorflow/tfjs-node-gpu': 'pipeline/engine/load.ts',
    };
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((i) => !i.typeOnly)
        .flatMap(({ specifier }) => {
          const name = packageOf(specifier);
          if (name === 'node:fs' && !/^pipeline\/files\/(read|write)\.ts$/.test(file.path)) return [`${file.path}: fs`];
          const door = doors[name];
          return door !== undefined && door !== file.path ? [`${file.path}: ${name}`] : [];
        }),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps every file short enough to read in one sitting', () => {
    const long = [...files.map((f) => f.path), ...tests.filter((t) => t.endsWith('.ts'))]
      .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 250);
    expect(long).toEqual([]);
  });

  it('has no drawer for odds and ends', () => {
    const drawer = /(^|\/)(utils?|helpers?|common|misc|shared|lib|base)(\.[^/]*)?(\/|$)/;
    expect([...files.map((f) => f.path), ...tests].filter((path) => drawer.test(path))).toEqual([]);
  });

  it('mirrors every source file by a test', () => {
    const contracts = tests
      .filter((t) => t.startsWith('tests/contracts/'))
      .map((t) => readFileSync(join(root, t), 'utf8'))
      .join('\n');
    const missing = files
      .map((f) => f.path)
      .filter((path) => !/(^|\/)index\.ts$|\.d\.ts$|^pipeline\/recipes\//.test(path))
      .filter((path) => !typeOnly(path))
      .filter((path) => !tests.includes(`tests/${path.replace(/\.ts$/, '.test.ts')}`))
      .filter((path) => !contracts.includes(path.replace(/\.ts$/, '')));
    expect(missing).toEqual([]);
  });

  it('never imports an index from inside', () => {
    const wrong = files
      .filter((file) => !file.path.endsWith('index.ts'))
      .flatMap((file) =>
        localImports(file)
          .filter((to) => to.endsWith('/index.ts'))
          .map((to) => `${file.path} -> ${to}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe('house rules catch what they forbid', () => {
  it('an import upward', () => {
    expect(mayImport('pipeline/bytes/npy.ts', 'pipeline/files/read.ts')).toBe(false);
    expect(mayImport('pipeline/files/read.ts', 'pipeline/bytes/npy.ts')).toBe(true);
    expect(mayImport('sources/tar.ts', 'sinks/jsonLines.ts')).toBe(false);
    expect(mayImport('operators/net/conv.ts', 'operators/margins/adaFace.ts')).toBe(false);
    expect(mayImport('operators/steps/trainStep.ts', 'operators/evaluate/folds.ts')).toBe(false);
    expect(mayImport('operators/margins/adaFace.ts', 'operators/net/layer.ts')).toBe(true);
    expect(mayImport('pipeline/cli/train.ts', 'pipeline/recipes/train.ts')).toBe(true);
    expect(mayImport('pipeline/graph.ts', 'pipeline/recipes/train.ts')).toBe(false);
  });
});

/** Topics of operators in order; a topic sees those before its own group. */
const TOPICS = [
  ['maths'],
  ['image'],
  ['augment', 'flow'],
  ['net/kernels'],
  ['net'],
  ['margins'],
  ['variation'],
  ['mining'],
  ['steps', 'evaluate'],
];

function floor(path: string): { height: number; room: string } {
  const folder = posix.dirname(path);
  if (path === 'pipeline/errors.ts') return { height: 0, room: 'pipeline/errors' };
  if (folder.startsWith('pipeline/bytes')) return { height: 1, room: 'pipeline/bytes' };
  if (folder.startsWith('pipeline/files')) return { height: 2, room: 'pipeline/files' };
  if (folder.startsWith('pipeline/engine')) return { height: 3, room: 'pipeline/engine' };
  if (folder.startsWith('pipeline/recipes')) return { height: 40, room: 'pipeline/recipes' };
  if (folder.startsWith('pipeline/cli')) return { height: 50, room: 'pipeline/cli' };
  if (folder.startsWith('pipeline')) return { height: 4, room: 'pipeline' };
  if (folder === 'operators') return { height: 30, room: 'operators' };
  if (folder.startsWith('operators/')) {
    const topic = folder.slice('operators/'.length);
    const at = TOPICS.findIndex((group) => group.includes(topic));
    return { height: at < 0 ? 29 : 10 + at, room: folder };
  }
  return { height: 10, room: folder.split('/')[0]! };
}

function mayImport(from: string, to: string): boolean {
  const a = floor(from);
  const b = floor(to);
  if (a.room === b.room) return true;
  const house = (path: string): string => path.split('/')[0]!;
  const strangers = ['sources', 'operators', 'sinks'];
  if (strangers.includes(house(from)) && strangers.includes(house(to)) && house(from) !== house(to)) return false;
  return b.height < a.height;
}

function localImports(file: SourceFile): string[] {
  return file.imports
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => posix.normalize(posix.join(posix.dirname(file.path), specifier)));
}

function findCycle(): string[] {
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    const file = byPath.get(path);
    for (const to of file === undefined ? [] : valueImports(file)) {
      const cycle = visit(to, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const file of files) {
    const cycle = visit(file.path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

function valueImports(file: SourceFile): string[] {
  return localImports({ ...file, imports: file.imports.filter((i) => !i.typeOnly) });
}

function typeOnly(path: string): boolean {
  const text = byPath.get(path)!.text;
  return !/^export (async )?(function|const|class|let)|^(const|let|function|class|await) /m.test(text);
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  if (specifier === 'node:fs' || specifier.startsWith('node:fs/')) return 'node:fs';
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const imports = [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'/gm),
    ...text.matchAll(/^(import)\s+'([^']+)'/gm),
    ...text.matchAll(/()\b(?:import|require)\('([^']+)'\)/g),
  ].map((match) => ({ specifier: match[2]!, typeOnly: match[1]?.trim() === 'type' }));
  return { path, text, imports };
}

function walk(folder: string): string[] {
  return (
    readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .map((path) => posix.normalize(path))
      // AssemblyScript, which is another language; tested through what calls it.
      .filter((path) => !path.startsWith('operators/image/wasm/'))
      .toSorted()
  );
}

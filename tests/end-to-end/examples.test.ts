import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../pipeline/pixels.ts';
import { documented, exportedNames, ROOT } from './codeBlocks.ts';
import { Stranger, type Ended } from './stranger.ts';

const BUILT = join(ROOT, 'dist');
const all = documented();
const examples = all.flatMap(({ file, name, examples: texts }) =>
  texts.map((text, i) => ({ id: `${file.replaceAll('/', '_')}_${name}_${i}`, file, text })),
);

/** What gives one of these is what users compose, and shows how. */
const COMPOSED = /\): (?:Promise<)?(?:IndexedSource|Source|Stage|CrewStage|TrainStep|Sink|Margin)\b/;

describe('examples', () => {
  it('every source, stage, margin and sink has one', () => {
    const { entries } = exportedNames();
    const composed = all.filter(({ name, signature }) => entries.has(name) && COMPOSED.test(signature));
    expect(composed.length).toBeGreaterThan(20);
    const without = composed.filter(({ examples: texts }) => texts.length === 0);
    expect(without.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
  });

  describe.skipIf(!existsSync(BUILT))('as a stranger would run them (needs the build: npm run build)', () => {
    let stranger: Stranger;
    let types: Ended;
    let ran: Record<string, string> = {};

    beforeAll(async () => {
      const given = readFileSync(join(ROOT, 'tests/end-to-end/given.ts'), 'utf8');
      const names = await importable(given);
      const files = examples.map(({ id, text }) => [`${id}.ts`, program(text, names)]);
      stranger = new Stranger(
        { ...Object.fromEntries(files), 'given.ts': given, 'run.ts': RUN },
        { noUnusedLocals: false },
      );
      await drawFaces(stranger.folder);
      types = await stranger.compile();
      await stranger.node('run.js');
      ran = JSON.parse(readFileSync(join(stranger.folder, 'ran.json'), 'utf8')) as Record<string, string>;
    }, 60_000);
    afterAll(() => stranger?.leave());

    it.each(examples.map(({ id }) => id))('%s', (id) => {
      expect(types.out.split('\n').filter((line) => line.startsWith(`${id}.ts`))).toEqual([]);
      expect(ran[id]).toBe('');
    });
  });
});

/** Modules by the names that an example may use without importing them: what is given, the package, other libraries. */
async function importable(given: string): Promise<Map<string, string>> {
  const { inside, entries } = exportedNames();
  const names = new Map(inside);
  const others = {
    'node:fs/promises': await import('node:fs/promises'),
    '@tensorflow/tfjs-core': await import('@tensorflow/tfjs-core'),
    rxjs: await import('rxjs'),
    vitest: await import('vitest'),
  };
  for (const [from, module] of Object.entries(others)) for (const name of Object.keys(module)) names.set(name, from);
  for (const [name, entry] of entries) names.set(name, entry);
  for (const [, name] of given.matchAll(/^export const (\w+)/gm)) names.set(name!, './given.ts');
  return names;
}

/** The example as a module: what it names is imported, and a value that a comment behind a line says is checked. */
function program(text: string, names: ReadonlyMap<string, string>): string {
  const used = new Set(text.replaceAll(/'[^'\n]*'|\/\/.*/g, '').match(/(?<![.\w])[A-Za-z]\w*/g));
  const imports = [...used].filter((name) => names.has(name));
  const lines = text.split('\n').map((line) => {
    const [, expression, value] = /^(?!console)(\w[^=]*); \/\/ (.*)$/.exec(line) ?? [];
    return value !== undefined && isLiteral(value) ? `same(${expression}, ${value});` : line;
  });
  return [
    "import { deepStrictEqual } from 'node:assert';",
    'const rounded = (x: unknown) => (typeof x === "number" ? Number(x.toPrecision(12)) : x);',
    'const same = (x: unknown, said: unknown) => deepStrictEqual(rounded(x), said);',
    ...imports.map((name) => `import { ${/^[A-Z][a-z]/.test(name) ? 'type ' : ''}${name} } from '${names.get(name)}';`),
    '{',
    ...lines,
    '}',
  ].join('\n');
}

/** Whether a comment is a value and nothing else: a remark is none. */
function isLiteral(text: string): boolean {
  try {
    if (!/^([-\d'[{]|true|false|NaN|undefined|\w+Array\.of)/.test(text)) return false;
    void new Function(`'use strict'; return ${text};`)();
    return true;
  } catch {
    return false;
  }
}

/** Every example in turn. One that ends where its reader's own files would be has done what it can. */
const RUN = `import { writeFileSync } from 'node:fs';
const ran: Record<string, string> = {};
let at = '';
const failed = (error: unknown) => {
  if (!(error instanceof Error && error.name === 'FileError')) ran[at] = String(error);
};
process.on('uncaughtException', failed);
for (at of ${JSON.stringify(examples.map(({ id }) => id))}) {
  ran[at] = '';
  if (at.startsWith('tests_')) continue; // belongs into a test runner
  await import(\`./\${at}.js\`).catch(failed);
  await new Promise((resolve) => setTimeout(resolve));
}
writeFileSync('ran.json', JSON.stringify(ran));
process.exit();
`;

/** An image folder of two people for the examples that read one. */
async function drawFaces(root: string): Promise<void> {
  for (const person of ['Ada', 'Grace']) {
    mkdirSync(join(root, 'faces', person), { recursive: true });
    for (const at of [1, 2, 3]) {
      const image = { height: 8, width: 8, data: new Uint8Array(192).fill(60 * at) };
      writeFileSync(join(root, 'faces', person, `${person}_000${at}.jpg`), await encodePng(image));
    }
  }
}

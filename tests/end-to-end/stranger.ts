import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['rxjs', 'vitest', 'fast-check', '@tensorflow/tfjs-core', '@types/node'];
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

export interface Ended {
  code: number | null;
  /** Both streams, as they came. */
  out: string;
}

/** A project of somebody else's: an empty folder with these files, where `rxface` is the package as it was built. */
export class Stranger {
  readonly folder = mkdtempSync(join(tmpdir(), 'stranger-'));

  /** @param options of the compiler, besides those of this project. */
  constructor(files: Record<string, string>, options: Record<string, unknown> = {}) {
    for (const name of PACKAGES) this.#link(name, join(ROOT, 'node_modules', name));
    this.#link('rxface', ROOT);
    const settings = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { ...SETTINGS, ...options },
      include: ['*.ts'],
      exclude: [],
    };
    const around = {
      'package.json': '{ "type": "module" }',
      'tsconfig.json': JSON.stringify(settings),
      // Only what vitest has to transform: the contract suites, for the autodiff that they import is no module for Node.
      'vitest.config.js':
        'export default { test: { server: { deps: { external: [/dist.(pipeline|operators|sources|sinks)/] } } } };',
    };
    for (const [name, text] of Object.entries({ ...around, ...files })) writeFileSync(join(this.folder, name), text);
  }

  /** The compiler over all files, under this project's settings. */
  compile(): Promise<Ended> {
    return this.#run([TSC, '-p', '.']);
  }

  /** Runs a compiled file. */
  node(file: string, ...args: string[]): Promise<Ended> {
    return this.#run([file, ...args]);
  }

  test(): Promise<Ended> {
    return this.#run([VITEST, 'run', '.test.ts', '--root', '.', '--pool', 'forks', '--maxWorkers', '1', '--no-color']);
  }

  leave(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #link(name: string, to: string): void {
    const path = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(to, path, 'junction');
  }

  #run(args: string[]): Promise<Ended> {
    const { VITEST: _, NODE_ENV: __, ...env } = process.env;
    const child = spawn(process.execPath, args, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (out += String(text)));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
  }
}

const SETTINGS = {
  rootDir: '.',
  outDir: '.',
  declaration: false,
  sourceMap: false,
  incremental: false,
  tsBuildInfoFile: null,
};

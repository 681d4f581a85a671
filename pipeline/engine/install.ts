import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { EngineError } from '../errors.ts';
import { lock } from '../files/lock.ts';
import { exists, freeBytes, list, readLink } from '../files/read.ts';
import { link, makeFolder, remove, sweep, writeFolder } from '../files/write.ts';
import { lastLine, runCommand } from './command.ts';
import { compile, COMPILE_RECIPE } from './compile.ts';
import { download } from './download.ts';
import { bindingPackage, bindingPath, engineCache, npmRoot } from './place.ts';
import { CPU_RELEASE, downloadBytes, folderName, GPU_RELEASE, TFJS_VERSION, type Release } from './release.ts';
import { checkPlatform, findToolchain } from './toolchain.ts';

export interface InstallOptions {
  /** The build for NVIDIA cards, with the CUDA 12 libraries. */
  gpu?: boolean;
  /** TensorFlow's wheel, already on this disk. */
  wheel?: string;
  signal?: AbortSignal;
  /** Lets pip's progress through to stderr. */
  show?: boolean;
  /** Told what is about to happen, a line at a time. */
  say?: (line: string) => void;
}

/** What an installation works with; tests give other wheels, another package, a build without compiler. */
export interface InstallParts {
  release: Release;
  /** Folder of @tensorflow/tfjs-node-gpu. */
  packageAt: string;
  /** Makes `tfjs_binding.node` in a folder that holds the unpacked wheels. */
  build(folder: string, packageAt: string, options: { compiler: string; signal?: AbortSignal }): Promise<void>;
}

/**
 * Installs TensorFlow into the cache and links it into @tensorflow/tfjs-node-gpu. What is there already is not done again.
 *
 * Two at a time: the second waits, then finds the work done. Interrupted: nothing half-made is left.
 * @returns the folder in the cache
 * @throws EngineError with what is missing and its cure; FileError where the disk refuses
 */
export async function installEngine(options: InstallOptions = {}, parts: Partial<InstallParts> = {}): Promise<string> {
  const say = options.say ?? (() => {});
  const { release = options.gpu ? GPU_RELEASE : CPU_RELEASE, build = buildBinding } = parts;
  const cache = engineCache();
  const folder = join(cache, folderName(release, COMPILE_RECIPE));
  const packageAt = parts.packageAt ?? (await ensurePackage(say, options.signal));
  if (!(await exists(folder))) {
    checkPlatform();
    const tools = await findToolchain();
    await makeFolder(cache);
    const unlock = await lock(join(cache, 'lock'), {
      waiting: (holder) => say(`engine: process ${holder} is installing; waiting for it`),
      signal: options.signal,
    });
    try {
      await sweep(cache);
      if (!(await exists(folder))) {
        await announce(release, cache, options.wheel, say);
        await writeFolder(folder, async (aside) => {
          const local = options.wheel === undefined ? undefined : resolve(options.wheel);
          await download(release, aside, { ...tools, local, signal: options.signal, show: options.show });
          say('engine: compiles the binding (about 10 s)');
          await build(aside, packageAt, { compiler: tools.compiler, signal: options.signal });
        });
      }
    } finally {
      await unlock();
    }
  }
  const target = bindingPath(packageAt);
  await makeFolder(dirname(target));
  await link(join(folder, 'tfjs_binding.node'), target);
  return folder;
}

/** Takes the link out of the npm package and everything out of the cache. @returns what was removed */
export async function removeEngine(parts: Partial<InstallParts> = {}): Promise<string[]> {
  const removed: string[] = [];
  const packageAt = parts.packageAt ?? (await bindingPackage());
  const cache = engineCache();
  if (packageAt !== undefined) {
    const path = bindingPath(packageAt);
    const target = await readLink(path);
    const inside = target === undefined ? '..' : relative(cache, target);
    if (!inside.startsWith('..') && !isAbsolute(inside)) {
      await remove(path);
      removed.push(path);
    }
  }
  if (await exists(cache)) {
    removed.push(...(await list(cache)).filter(({ kind }) => kind === 'folder').map(({ path }) => path));
    await remove(cache);
  }
  return removed;
}

async function announce(
  release: Release,
  cache: string,
  wheel: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  const bytes = downloadBytes(release) - (wheel === undefined ? 0 : (release.wheels[0]?.bytes ?? 0));
  // Wheels lie beside what they are unpacked to, one less at a time.
  const needed = downloadBytes(release) + release.unpackedBytes;
  const what = `TensorFlow ${release.tensorflow} ${release.kind === 'gpu' ? 'with CUDA 12' : 'for the processor'}`;
  say(
    `engine: ${what}: ${bytes > 0 ? `downloads ${size(bytes)}` : `takes ${wheel}`}, ` +
      `${size(release.unpackedBytes)} in ${cache} (RXFACE_CACHE moves it)`,
  );
  const free = await freeBytes(cache);
  if (free < needed)
    throw new EngineError(
      `${cache} has ${size(free)} free and ${size(needed)} are needed`,
      'Free some, or set RXFACE_CACHE to a folder on another disk.',
    );
}

/** Compiles the binding and loads it in a process of its own, before anything can see it. */
async function buildBinding(...[folder, packageAt, options]: Parameters<InstallParts['build']>): Promise<void> {
  await compile(folder, packageAt, options);
  const script = `process.exitCode = require(${JSON.stringify(join(folder, 'tfjs_binding.node'))}).TF_Version ? 0 : 1`;
  const done = await runCommand(process.execPath, ['-e', script]);
  if (done?.code !== 0)
    throw new EngineError(
      `the compiled binding does not load: ${lastLine(done?.stderr.replace(/\n+Node\.js v.*\n*$/, '') ?? '')}`,
      'Run `rxface engine install` again, with another compiler in CXX.',
    );
}

/** The npm package, brought with scripts off where npm left it out (it is optional). */
async function ensurePackage(say: (line: string) => void, signal: AbortSignal | undefined): Promise<string> {
  const there = await bindingPackage();
  if (there !== undefined) return there;
  say(`engine: npm left out @tensorflow/tfjs-node-gpu ${TFJS_VERSION}: getting it`);
  const args = ['install', '--no-save', '--ignore-scripts', '--include=optional', '--no-audit', '--no-fund'];
  const done = await runCommand('npm', args, { cwd: await npmRoot(), signal });
  const got = await bindingPackage();
  if (done?.code === 0 && got !== undefined) return got;
  throw new EngineError(
    `npm could not bring @tensorflow/tfjs-node-gpu: ${done === undefined ? 'npm cannot be found on PATH' : lastLine(done.stderr)}`,
    'Run npm install --include=optional.',
  );
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}

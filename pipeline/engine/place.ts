/** Where things lie: the cache outside the checkout, and the npm package that the engine is linked into. */
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { exists, realPath } from '../files/read.ts';

/** The folder of all installed engines: RXFACE_CACHE, else rxface below the user's cache folder. */
export function engineCache(): string {
  const cache =
    process.env['RXFACE_CACHE'] || join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'rxface');
  return join(cache, 'engine');
}

/** The folder of an npm package as this project resolves it; undefined where npm left it out. */
export async function packageFolder(name: string): Promise<string | undefined> {
  try {
    const found = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return await realPath(dirname(found));
  } catch {
    return undefined;
  }
}

/** Folder of @tensorflow/tfjs-node-gpu. */
export function bindingPackage(): Promise<string | undefined> {
  return packageFolder('@tensorflow/tfjs-node-gpu');
}

/** Where that package looks for its binding. */
export function bindingPath(packageAt: string): string {
  return join(packageAt, 'lib', 'napi-v8', 'tfjs_binding.node');
}

/** Folder of the binding that tfjs-node would load, links followed; undefined where there is none. */
export async function linkedFolder(into?: string): Promise<string | undefined> {
  const packageAt = into ?? (await bindingPackage());
  if (packageAt === undefined) return undefined;
  const path = bindingPath(packageAt);
  return (await exists(path)) ? dirname(await realPath(path)) : undefined;
}

/** Which build it is: with CUDA's libraries beside it, or for the processor. */
export async function linkedBuild(): Promise<'gpu' | 'cpu' | undefined> {
  const folder = await linkedFolder();
  if (folder === undefined) return undefined;
  return (await exists(join(folder, 'nvidia'))) ? 'gpu' : 'cpu';
}

/** The project that npm installed into: the folder that holds the outermost node_modules above `file`, or the package itself. */
export async function npmRoot(): Promise<string> {
  const core = await packageFolder('@tensorflow/tfjs-core');
  if (core === undefined) throw new Error('@tensorflow/tfjs-core is missing: run npm ci');
  let at = core;
  while (basename(at) !== 'node_modules') at = dirname(at);
  return dirname(at);
}

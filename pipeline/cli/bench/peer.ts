import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RxfaceError } from '../../errors.ts';
import { exists } from '../../files/read.ts';

/** Another framework's process that does the same work when it is told to. */
export interface Peer {
  /** Its name and version. */
  name: string;
  /** Images a second over so many steps. */
  time(steps: number): Promise<number>;
  /** Most memory it had held at its last answer, in bytes; 0 where it does not say. */
  readonly peakBytes: number;
  /** What its last answer found, where others must find the same. */
  readonly figures: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Peers' scripts: they lie in the checkout, not in the installed package. */
const SCRIPTS = 'tests/bench/peers';

async function scripts(): Promise<string | undefined> {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at)) {
    if (await exists(`${at}/${SCRIPTS}`)) return `${at}/${SCRIPTS}`;
  }
  return undefined;
}

/** A python that can import a module: the one named, else python3 where it can; undefined where there is none. */
export async function findPeer(python: string | undefined, module = 'torch'): Promise<string | undefined> {
  const able = await imports(python ?? 'python3', module);
  if (python !== undefined && !able) throw new RxfaceError(`bench: '${python}' cannot import ${module}`);
  return able && (await scripts()) !== undefined ? (python ?? 'python3') : undefined;
}

async function imports(python: string, module: string): Promise<boolean> {
  const child = spawn(python, ['-c', `import ${module}`], { stdio: 'ignore' });
  try {
    return (await once(child, 'close'))[0] === 0;
  } catch {
    return false;
  }
}

/** Starts the peer of this script and waits until it has warmed up. */
export async function startPeer(python: string, args: readonly string[], script = 'train_step.py'): Promise<Peer> {
  const child = spawn(python, [`${await scripts()}/${script}`, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const answers = lines[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await answers.next();
    if (done) throw new RxfaceError(`bench: the peer '${python}' ended early`);
    return JSON.parse(value) as Record<string, unknown>;
  };
  const name = String((await next())['ready']);
  let peak = 0;
  let found: Peer['figures'] = {};
  return {
    name,
    async time(steps) {
      child.stdin.write(`${steps}\n`);
      const { seconds, images, peakBytes = 0, figures = {} } = await next();
      peak = Number(peakBytes);
      found = figures as Peer['figures'];
      return Number(images) / Number(seconds);
    },
    get peakBytes() {
      return peak;
    },
    get figures() {
      return found;
    },
    close: () => end(child, lines),
  };
}

async function end(child: ChildProcess, lines: Interface): Promise<void> {
  const closed = once(child, 'close');
  child.stdin?.end();
  lines.close();
  if (child.exitCode === null) await closed;
}

/**
 * Compares what both have found of the same work.
 *
 * @param what of a figure, in words
 * @param apart how far figures may be apart
 * @throws RxfaceError where they are not of the same work
 */
export function demandSame(
  benchmark: string,
  {
    ours,
    theirs,
    apart,
    what,
  }: Record<'ours' | 'theirs', Peer['figures']> & { apart: number; what: (name: string) => string },
): void {
  for (const [name, value] of Object.entries(ours))
    if (!(Math.abs(value - theirs[name]!) <= apart))
      throw new RxfaceError(
        `bench ${benchmark}: ${what(name)} is ${value}, the peer's ${theirs[name]}: it does not do the same`,
      );
}

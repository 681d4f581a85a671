import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { keyedRandom } from '../../operators/maths/keyedRandom.ts';

/** `rxface`; there only after the build. */
export const MAIN = join(
  dirname(createRequire(import.meta.url).resolve('rxface/package.json')),
  'dist/pipeline/cli/main.js',
);

/** A mark of what is safely on the disk is written at most so often: a kill comes anywhere between two, or within one. */
const BETWEEN_MARKS = 300;

/** When an embedding is killed: so many milliseconds after so many rows were safely on the disk. */
export interface Moment {
  rows: number;
  milliseconds: number;
}

/** A random moment within the first half of each of so many equal parts of the rows. */
export function moments(seed: number, kills: number, total: number): Moment[] {
  return Array.from({ length: kills }, (_, kill) => {
    const random = keyedRandom(seed, 'proof.embed', kill, 0);
    return {
      rows: Math.floor(((kill + random() / 2) / kills) * total),
      milliseconds: Math.floor(random() * BETWEEN_MARKS),
    };
  });
}

export interface Embedding {
  source: string;
  model: string;
  batch: number;
}

/** What a process of `rxface embed` came to. */
export interface Embedded {
  /** Signal that ended it; null where it came to its end. */
  killedBy: string | null;
  /** Rows to go on from when it ended. */
  rows: number;
  /** What it printed in the end. */
  out?: { count: number; resumedAt: number; seconds: number };
}

/** What became of an embedding that was killed again and again, beside one that was not. */
export interface Killed {
  whole: Embedded;
  /** One for each moment, in turn. */
  killed: Embedded[];
  /** The last, which came to its end. */
  last: Embedded;
  /** Times that the array had its name before it was whole. */
  early: number;
  /** Bytes in which the two arrays differ; those that only the longer one has included. */
  differing: number;
}

/** Embeds uninterrupted, and then killed at each moment and gone on with, by other numbers of threads. */
export async function embedKilled(
  root: string,
  embedding: Embedding,
  kills: readonly Moment[],
  say: (line: string) => void = () => {},
): Promise<Killed> {
  const [whole, other] = [join(root, 'whole.npy'), join(root, 'killed.npy')];
  const uninterrupted = await embedOnce(whole, embedding, 2);
  say(`uninterrupted: ${uninterrupted.rows} rows in ${uninterrupted.out!.seconds.toFixed(0)} s`);
  const killed: Embedded[] = [];
  let early = 0;
  for (const [threads, moment] of kills.entries()) {
    killed.push(await embedOnce(other, embedding, threads % 3, moment));
    if (existsSync(other)) early++;
    say(`killed ${moment.milliseconds} ms after row ${moment.rows}: goes on from row ${killed.at(-1)!.rows}`);
  }
  const last = await embedOnce(other, embedding, 1);
  say(`the last went on from row ${last.out!.resumedAt}`);
  return { whole: uninterrupted, killed, last, early, differing: differingBytes(whole, other) };
}

/** Embeds into `out` in a process of its own, killed by SIGKILL at a moment if one is given. */
function embedOnce(out: string, embedding: Embedding, threads: number, kill?: Moment): Promise<Embedded> {
  const { source, ...how } = embedding;
  const options = Object.entries({ ...how, threads }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const args = [MAIN, 'embed', source, '--out', out, ...options, '--no-flip', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [printed, said] = ['', ''];
  child.stdout.on('data', (text) => (printed += String(text)));
  child.stderr.on('data', (text) => (said += String(text)));
  const watch = setInterval(() => {
    if (kill === undefined || rowsOnDisk(out) < kill.rows) return;
    clearInterval(watch);
    setTimeout(() => child.kill('SIGKILL'), kill.milliseconds);
  }, 5);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      clearInterval(watch);
      if (code !== null && code !== 0) return reject(new Error(`${args.join(' ')} ended with ${code}: ${said}`));
      if (killedBy !== null) return resolve({ killedBy, rows: rowsOnDisk(out) });
      const found = JSON.parse(printed) as NonNullable<Embedded['out']>;
      resolve({ killedBy, rows: found.count, out: found });
    });
  });
}

/** Of the journal's last entry that is whole; 0 where there is none. */
function rowsOnDisk(out: string): number {
  const journal = join(`${out}.partial`, 'journal.jsonl');
  const lines = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(0, -1) : [];
  const { position = 0 } = JSON.parse(lines.at(-1) ?? '{}') as { position?: number };
  return position;
}

function differingBytes(a: string, b: string): number {
  const [one, other] = [readFileSync(a), readFileSync(b)];
  const both = Math.min(one.length, other.length);
  let differing = Math.max(one.length, other.length) - both;
  for (let i = 0; i < both; i++) if (one[i] !== other[i]) differing++;
  return differing;
}

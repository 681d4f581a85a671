import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedKilled, moments } from './embed.ts';
import type { Finding } from './finding.ts';
import type { Proof } from './prove.ts';

const LFW = '../shared/data/lfw112/lfw112.tar.gz';
/** LFW has so many. */
const IMAGES = 13_233;
/** As many drawn ones, where LFW is not at hand. */
const DRAWN = 'drawn:people=401,perPerson=33,seed=3';
const MODEL = 'untrained:ir10';
const BATCH = 64;
const KILLS = 3;
const SEED = 8;

/** The long form of embed.test.ts. */
export const embedProof: Proof = {
  claim:
    `An embedding of ${IMAGES.toLocaleString('en-GB')} images, killed by SIGKILL at ${KILLS} random moments and gone on with by the same ` +
    'command with 0, 1 or 2 threads: the array is that of an uninterrupted one, byte for byte.',
  async run(say) {
    const source = existsSync(LFW) ? LFW : DRAWN;
    const root = mkdtempSync(join(tmpdir(), 'rxface-prove-embed-'));
    try {
      const kills = moments(SEED, KILLS, IMAGES);
      const embedding = { source, model: MODEL, batch: BATCH };
      const { whole, killed, last, early, differing } = await embedKilled(root, embedding, kills, say);
      const began = killed.map(({ rows }) => rows);
      const exact = (what: string, expected: number, measured: number): Finding => ({ what, expected, measured, sigma: 0 }); // prettier-ignore
      return {
        findings: [
          exact('rows that the uninterrupted array misses', 0, IMAGES - whole.rows),
          exact('rows that the other misses', 0, IMAGES - last.rows),
          exact('processes ended by SIGKILL', KILLS, killed.filter(({ killedBy }) => killedBy === 'SIGKILL').length),
          exact('that had their array under its name', 0, early),
          exact('rows gone on from that begin no batch', 0, began.filter((row) => row === 0 || row % BATCH > 0).length),
          exact('rows that the last process left out or did again', 0, last.out!.resumedAt - began.at(-1)!),
          exact('bytes in which the arrays differ', 0, differing),
        ],
        notes: [
          `${source === LFW ? 'LFW' : 'Drawn faces'}, ${MODEL}, ${BATCH} a batch, unmirrored; uninterrupted ${whole.out!.seconds.toFixed(0)} s.`,
          ...kills.map(
            ({ rows, milliseconds }, i) =>
              `Killed ${milliseconds} ms after row ${rows} was on the disk; gone on with from row ${began[i]}.`,
          ),
        ],
      };
    } finally {
      rmSync(root, { recursive: true });
    }
  },
};

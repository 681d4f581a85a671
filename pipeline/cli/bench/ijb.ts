import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder, remove } from '../../files/write.ts';
import { evaluateIjb } from '../../recipes/evaluateIjb.ts';
import { drawIjbSet, EMBEDDINGS, SUBSET, type IjbSize } from './ijbSet.ts';
import { resultAlone } from './memory.ts';
import { demandSame, findPeer, startPeer } from './peer.ts';
import { peakMemory } from './peakMemory.ts';
import { peerResult, spread, type Result } from './result.ts';
import { takeTurns } from './turns.ts';

export interface IjbBenchOptions extends IjbSize {
  rounds: number;
  /** A python that has scikit-learn; false: none; absent: python3 if it has. */
  peer?: string | false;
  /** The set that was drawn there is scored, in this process, and nothing else is done. */
  alone?: string;
}

const SEED = 7;
const UNIT = 'seconds';
const PEER = 'ijb.py';
/** Genuine trials that their float32 may count otherwise than our float64. */
const ROUNDED = 2;

/**
 * Measures IJB-C 1:1 from lists and embeddings on the disk to TAR at FAR, drawn at its size from a seed: seconds, and the most memory
 * that a process holds which does nothing else. A fresh process each time, in turns with Python's way of the released scripts.
 *
 * @return seconds and megabytes
 * @throws RxfaceError where the peer finds other figures
 */
export async function ijbTimes(options: IjbBenchOptions, say: (line: string) => void): Promise<Result[]> {
  if (options.alone !== undefined) return [await scoredAlone(options.alone, options)];
  const folder = join(tmpdir(), `rxface-bench-${randomUUID()}`);
  try {
    await makeFolder(folder);
    await drawIjbSet(folder, options, SEED);
    say(`${workText(options)}: drawn`);
    return await inTurns(folder, options, say);
  } finally {
    await remove(folder);
  }
}

async function inTurns(folder: string, options: IjbBenchOptions, say: (line: string) => void): Promise<Result[]> {
  const python = options.peer === false ? undefined : await findPeer(options.peer, 'sklearn');
  const { images, templates, genuine, impostors, dimension, rounds } = options;
  const told = { images, templates, genuine, impostors, dimension };
  let found: Readonly<Record<string, number>> = {};
  const [own, theirs]: [number[], number[]] = [[], []];
  const ours = {
    name: 'rxface',
    async turn() {
      const { median, peakBytes, figures } = await resultAlone('ijb', told, ['--alone', folder]);
      own.push(peakBytes! / 1e6);
      found = figures!;
      return median;
    },
  };
  const other = {
    name: 'scikit-learn',
    async turn() {
      const peer = await startPeer(python!, ['--folder', folder], PEER);
      try {
        const seconds = (genuine + impostors) / (await peer.time(1));
        other.name = peer.name;
        theirs.push(peer.peakBytes / 1e6);
        const apart = ROUNDED / genuine + 1e-9;
        demandSame('ijb', { ours: found, theirs: peer.figures, apart, what: (far) => `TAR at FAR ${far}` });
        return seconds;
      } finally {
        await peer.close();
      }
    },
  };
  const turns = await takeTurns(ours, python === undefined ? [] : [other], { rounds, unit: UNIT, say });
  for (const [far, tar] of Object.entries(found)) say(`TAR at FAR ${far}: ${tar.toFixed(6)}`);
  const row = { benchmark: 'ijb', work: workText(options) };
  const peers = python === undefined ? [] : [peerResult(other.name, theirs, own)];
  return [
    { ...row, unit: UNIT, ...turns, figures: found },
    { ...row, unit: 'peak resident MB', ...spread(own), peers },
  ];
}

async function scoredAlone(folder: string, size: IjbSize): Promise<Result> {
  const began = performance.now();
  const { tar } = await evaluateIjb({
    meta: folder,
    subset: SUBSET,
    embeddings: join(folder, EMBEDDINGS),
    flip: 'off',
  });
  const seconds = (performance.now() - began) / 1000;
  const peakBytes = await peakMemory();
  return { benchmark: 'ijb', work: workText(size), unit: UNIT, ...spread([seconds]), peers: [], peakBytes, figures: tar }; // prettier-ignore
}

function workText({ images, templates, genuine, impostors, dimension }: IjbSize): string {
  const [trials, fused, rows] = [genuine + impostors, templates, images].map((n) => n.toLocaleString('en-GB'));
  return `${trials} trials, ${fused} templates, ${rows} x ${dimension}`;
}

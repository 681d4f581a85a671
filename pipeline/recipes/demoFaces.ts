import { join } from 'node:path';
import { graph, run, type Progress } from 'rxface';
import { toShards } from 'rxface/sinks';
import { drawnFaces, openSource, shards, type IndexedSource } from 'rxface/sources';
import { exists } from '../files/read.ts';
import { makeFolder, remove } from '../files/write.ts';
import { dividePeople } from './demoPeople.ts';

/** Photographs of each person: what is drawn, and at most of real data. */
const DRAWN_EACH = 16;
const TAKEN_EACH = 40;

export interface DemoFacesOptions {
  /** Real faces: whatever openSource takes. Absent: they are drawn. */
  data?: string | undefined;
  /** Folder below which shards go; drawn ones are found there again. */
  folder: string;
  /** People to train on. */
  people: number;
  size: number;
  seed: number;
  signal?: AbortSignal | undefined;
  progress: Progress;
}

/** Folders of the shards, those to train on and those of people never trained on. */
export interface DemoShards {
  train: string;
  unseen: string;
  /** The drawn faces of an earlier run were found again. */
  found: boolean;
}

/**
 * Puts the demo's faces into shards of our own: drawn ones, or some people of real data.
 *
 * Drawn faces lie below a name that says everything they depend on, so that the next run with the same options finds them.
 */
export async function demoFaces({ data, folder, people, size, seed, ...life }: DemoFacesOptions): Promise<DemoShards> {
  const unseen = Math.max(10, Math.ceil(people / 4));
  if (data !== undefined) {
    const source = await openSource(data);
    try {
      const parts = await dividePeople(source, { people, unseen, perPerson: TAKEN_EACH, seed });
      return { ...(await writeBoth(parts, folder, life)), found: false };
    } finally {
      await source.close();
    }
  }
  const drawn = { perPerson: DRAWN_EACH, seed, size };
  const parts = {
    train: drawnFaces({ ...drawn, people }),
    unseen: drawnFaces({ ...drawn, people: unseen, first: people }),
  };
  const at = join(folder, `drawn-${people}+${unseen}x${DRAWN_EACH}-${size}px-seed${seed}`);
  if (await areThere(parts, at)) return { ...foldersIn(at), found: true };
  return { ...(await writeBoth(parts, at, life)), found: false };
}

type Parts = { train: IndexedSource; unseen: IndexedSource };
type Life = Pick<DemoFacesOptions, 'signal' | 'progress'>;

function foldersIn(folder: string): Omit<DemoShards, 'found'> {
  return { train: join(folder, 'train'), unseen: join(folder, 'unseen') };
}

async function writeBoth(parts: Parts, folder: string, life: Life): Promise<Omit<DemoShards, 'found'>> {
  // Faces that were drawn another way, or a part of them.
  await remove(folder);
  await makeFolder(folder);
  const folders = foldersIn(folder);
  // Those never trained on last: where they are, all are.
  for (const part of ['train', 'unseen'] as const) await write(parts[part], folders[part], life);
  return folders;
}

async function write(source: IndexedSource, folder: string, { signal, progress }: Life): Promise<void> {
  await source.open();
  const total = source.length!;
  const writing = graph('write faces')
    .source('faces', source)
    .sink('shards', toShards(folder, { classes: source.classes! }));
  try {
    await run(writing, {
      ...(signal && { signal }),
      onProgress: ({ nodes, seconds }) => {
        const done = nodes.find(({ name }) => name === 'shards')?.items ?? 0;
        const rate = done / seconds;
        progress.show({ unit: 'faces written', done, total, rate, left: (total - done) / rate });
      },
    });
  } finally {
    progress.end();
  }
}

/** Whether these very faces were written: as many of them, and the first is drawn to the same bytes today. */
async function areThere(parts: Parts, folder: string): Promise<boolean> {
  const folders = foldersIn(folder);
  for (const part of ['train', 'unseen'] as const) {
    if (!(await exists(folders[part]))) return false;
    const written = shards(folders[part]);
    await parts[part].open();
    await written.open();
    const [there, today] = await Promise.all(
      [written, parts[part]].map(async (source) => (await source.read(Int32Array.of(0)))[0]?.bytes ?? new Uint8Array()),
    );
    const same = written.length === parts[part].length && Buffer.compare(there!, today!) === 0;
    await written.close();
    if (!same) return false;
  }
  return true;
}

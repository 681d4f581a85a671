import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawnFaces, type DrawnFacesOptions } from '../../../sources/drawnFaces.ts';
import { openSource } from '../../../sources/openSource.ts';
import { makeFolder, remove } from '../../files/write.ts';
import { convert } from '../../recipes/convert.ts';

const SIZE = 112;

/**
 * A .rec to read: the one given, or one made for the while of what is given, in a folder of its own.
 *
 * @param data path of what `inspect` reads, or faces to draw
 * @return its path, and what removes it where it was made
 */
export async function records(
  data: string | DrawnFacesOptions,
  say: (line: string) => void,
): Promise<{ rec: string; leave: () => Promise<void> }> {
  if (typeof data === 'string' && data.endsWith('.rec')) return { rec: data, leave: async () => {} };
  const folder = join(tmpdir(), `rxface-bench-${randomUUID()}`);
  const leave = (): Promise<void> => remove(folder);
  try {
    await makeFolder(folder);
    const faces = typeof data === 'string' ? await openSource(data) : drawnFaces(data);
    await faces.open();
    const out = join(folder, 'faces.rec');
    // Drawn ones have landmarks, and are placed by them.
    const drawn = typeof data !== 'string' || data.startsWith('drawn:');
    const made = await convert(faces, { out, ...(drawn && { size: SIZE }) });
    say(`${made.records} images, ${Math.round(made.bytes / made.records)} bytes each on average`);
    return { rec: out, leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, type ReadHandle } from './read.ts';
import { openAppender, remove } from './write.ts';

let spills = 0;

/**
 * Writes chunks into a file without a name in the system's temporary folder (TMPDIR), and opens it for reading.
 * Its name is gone before this returns and its space is free once the handle closes, or the process ends.
 */
export async function spill(chunks: AsyncIterable<Uint8Array>): Promise<ReadHandle> {
  const path = join(tmpdir(), `.rxface-spill.aside-${process.pid}-${spills++}`);
  const file = await openAppender(path);
  try {
    for await (const chunk of chunks) await file.append(chunk);
    return await open(path);
  } finally {
    await file.close();
    await remove(path);
  }
}

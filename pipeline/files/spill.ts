import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, type ReadHandle } from './read.ts';
import { openAppender, remove } from './write.ts';

/**
 * Writes chunks into a file without a name in the system's temporary folder (TMPDIR), and opens it for reading.
 * Its name is gone before the first chunk is asked for, so that its space is free once the handle closes or the process
 * ends, however it ends.
 */
export async function spill(chunks: AsyncIterable<Uint8Array>): Promise<ReadHandle> {
  const path = join(tmpdir(), `.rxface-spill-${randomUUID()}`);
  const file = await openAppender(path, 'ax');
  let reader: ReadHandle | undefined;
  try {
    reader = await open(path).finally(() => remove(path));
    let bytes = 0;
    for await (const chunk of chunks) {
      await file.append(chunk);
      bytes += chunk.length;
    }
    return { ...reader, bytes };
  } catch (error) {
    await reader?.close();
    throw error;
  } finally {
    await file.close();
  }
}

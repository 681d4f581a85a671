import type { ReadHandle } from '../pipeline/files/read.ts';
import { windowOver } from '../pipeline/files/window.ts';
import { FormatError } from '../pipeline/errors.ts';
import { blocksOf, isEmptyBlock, parsePax, parseTarHeader, TAR_BLOCK_BYTES, text } from './parse/tarHeader.ts';

/** A file inside a tar: where its content lies. */
export interface TarMember {
  name: string;
  offset: number;
  size: number;
}

const FILE = '0';
const CONTIGUOUS_FILE = '7';
const LONG_NAME = 'L';
const PAX = 'x';

/**
 * Walks the heads of a tar and gives every plain file in archive order: ustar, GNU long names, PAX path and size.
 *
 * @param name of the archive, for messages
 * @throws FormatError a block that is no head, or a member that is cut off before its content begins
 */
export async function* tarMembers(file: ReadHandle, name: string): AsyncGenerator<TarMember> {
  const window = windowOver(file);
  let next: { name?: string; size?: number } = {};
  for (let at = 0; at < file.bytes;) {
    const block = await window(at, TAR_BLOCK_BYTES);
    // Two empty blocks end an archive; what may follow is padding of the tape.
    if (isEmptyBlock(block)) return;
    const header = parseTarHeader(block);
    if (header === undefined) throw new FormatError(name, at, 'the head of a tar member');
    const offset = at + TAR_BLOCK_BYTES;
    const size = next.size ?? header.size;
    at = offset + blocksOf(size);
    if (header.type === LONG_NAME || header.type === PAX) {
      const content = await window(offset, size);
      if (content.length < size) throw new FormatError(name, offset, `${size} bytes of a name`, content.length);
      if (header.type === LONG_NAME) next.name = text(content, 0, size);
      else next = { ...next, ...paxOf(parsePax(content)) };
      continue;
    }
    if (header.type === FILE || header.type === CONTIGUOUS_FILE)
      yield { name: (next.name ?? header.name).replace(/^(\.\/)+/, ''), offset, size };
    next = {};
  }
}

function paxOf(records: Map<string, string>): { name?: string; size?: number } {
  const name = records.get('path');
  const size = records.get('size');
  return { ...(name !== undefined && { name }), ...(size !== undefined && { size: Number(size) }) };
}

import type { ReadHandle } from '../pipeline/files/read.ts';
import { windowOver } from '../pipeline/files/window.ts';
import { FormatError } from '../pipeline/errors.ts';
import { blocksOf, isEmptyBlock, parsePax, parseTarHeader, TAR_BLOCK_BYTES, text } from './parse/tarHeader.ts';

/** A file or link inside a tar: where its content lies. */
export interface TarMember {
  name: string;
  offset: number;
  /** Bytes; 0 for a link. */
  size: number;
  /** Of a link, which has no content: the name it stands for, of a member before it where the link is hard. */
  link?: { to: string; hard: boolean };
}

const FILE = '0';
const HARD_LINK = '1';
const SYMBOLIC_LINK = '2';
const CONTIGUOUS_FILE = '7';
const LONG_LINK = 'K';
const LONG_NAME = 'L';
const PAX = 'x';

/** What members before a member say of it. */
interface Said {
  name?: string;
  size?: number;
  link?: string;
}

/**
 * Walks the heads of a tar and gives every plain file and link in archive order: ustar, GNU long names, PAX path, size
 * and linkpath. A member of any other kind is given only where the archive ends within it.
 *
 * @param name of the archive, for messages
 * @throws FormatError a block that is no head, a size that is none, or a member that is cut off before its content begins
 */
export async function* tarMembers(file: ReadHandle, name: string): AsyncGenerator<TarMember> {
  const window = windowOver(file);
  let next: Said = {};
  for (let at = 0; at < file.bytes;) {
    const block = await window(at, TAR_BLOCK_BYTES);
    // Two empty blocks end an archive; what may follow is padding of the tape.
    if (isEmptyBlock(block)) return;
    const header = parseTarHeader(block);
    if (header === undefined) throw new FormatError(name, at, 'the head of a tar member');
    const offset = at + TAR_BLOCK_BYTES;
    // Links, devices and folders have no content, whatever their heads say.
    const size = /[1-6]/.test(header.type) ? 0 : (next.size ?? header.size);
    if (!Number.isSafeInteger(size) || size < 0) throw new FormatError(name, at, 'the size of a tar member', size);
    at = offset + blocksOf(size);
    if ([LONG_NAME, LONG_LINK, PAX].includes(header.type)) {
      const content = await window(offset, size);
      if (content.length < size) throw new FormatError(name, offset, `${size} bytes of a name`, content.length);
      if (header.type === LONG_NAME) next.name = text(content, 0, size);
      else if (header.type === LONG_LINK) next.link = text(content, 0, size);
      else next = { ...next, ...paxOf(parsePax(content)) };
      continue;
    }
    const member = { name: plain(next.name ?? header.name), offset, size };
    if (header.type === HARD_LINK || header.type === SYMBOLIC_LINK) {
      const hard = header.type === HARD_LINK;
      yield { ...member, link: { to: plain(next.link ?? header.link), hard } };
    } else if (header.type === FILE || header.type === CONTIGUOUS_FILE || offset + size > file.bytes) yield member;
    next = {};
  }
}

function paxOf(records: Map<string, string>): Said {
  const name = records.get('path');
  const size = records.get('size');
  const link = records.get('linkpath');
  return {
    ...(name !== undefined && { name }),
    ...(size !== undefined && { size: size === '' ? NaN : Number(size) }),
    ...(link !== undefined && { link }),
  };
}

function plain(path: string): string {
  return path.replace(/^(\.\/)+/, '');
}

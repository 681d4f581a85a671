import { join } from 'node:path';
import { FormatError } from '../pipeline/errors.ts';
import { readText, stat } from '../pipeline/files/read.ts';
import type { PairProtocol } from '../pipeline/items.ts';
import { cfpFiles, parseCfpProtocol, type CfpSubset } from './parse/cfpProtocol.ts';
import { openTar } from './tar.ts';
import { tarMembers } from './tarMembers.ts';

/**
 * CFP's pairs from its protocol, a folder or a tar (also gzipped) that holds `Protocol/`: images named '001/frontal/01'.
 *
 * ```ts
 * const profiles = await cfp('cfp.tar.gz', 'fp');
 * ```
 *
 * @param subset frontal against frontal, or frontal against profile
 * @throws FileError, or FormatError naming the file of the protocol that is missing or wrong
 */
export async function cfp(path: string, subset: CfpSubset): Promise<PairProtocol> {
  const texts = (await stat(path)).kind === 'folder' ? await fromFolder(path, subset) : await fromTar(path, subset);
  return parseCfpProtocol((name) => {
    const text = texts.get(name);
    if (text === undefined) throw new FormatError(path, undefined, `'${name}' in the protocol`);
    return text;
  }, subset);
}

async function fromFolder(path: string, subset: CfpSubset): Promise<Map<string, string>> {
  const names = cfpFiles(subset);
  const texts = await Promise.all(names.map((name) => readText(join(path, name))));
  return new Map(names.map((name, i) => [name, texts[i]!]));
}

async function fromTar(path: string, subset: CfpSubset): Promise<Map<string, string>> {
  const wanted = new Set(cfpFiles(subset));
  const texts = new Map<string, string>();
  const archive = await openTar(path);
  try {
    for await (const { name, offset, size, link } of tarMembers(archive, path)) {
      if (wanted.has(name) && !link) texts.set(name, new TextDecoder().decode(await archive.readAt(offset, size)));
    }
  } finally {
    await archive.close();
  }
  return texts;
}

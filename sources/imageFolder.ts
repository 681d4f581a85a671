import { basename, join } from 'node:path';
import { FileError } from '../pipeline/errors.ts';
import { filesBelow } from '../pipeline/files/glob.ts';
import { readFile, stat } from '../pipeline/files/read.ts';
import { type Index, indexed, type IndexedSource } from './indexed.ts';
import { landmarks } from './landmarks.ts';
import { peopleOf } from './parse/people.ts';

const ENDINGS = ['jpg', 'jpeg', 'png', 'webp'];

/** Whether a path names an image that is read. What is hidden ('._1.jpg' of macOS, '.thumbs/1.jpg') is none. */
export function isImageName(path: string): boolean {
  return /\.(jpe?g|png|webp)$/i.test(path) && !/(^|\/)\./.test(path);
}

/**
 * Images (.jpg, .jpeg, .png, .webp) in folders, one folder per person: root/person/image.
 *
 * In plain words: people and images come in the order of their names, compared as texts ('10' before '2').
 * What is in a file is seen when it is read: a file that is no image is the decoder's fault to report.
 *
 * ```ts
 * const faces = imageFolder('faces');
 * await faces.open();
 * console.log(faces.length, faces.classes); // 6 [ 'Ada', 'Grace' ]
 * ```
 *
 * @param root folder above the people
 * @param options.points table of five landmarks per image (see `landmarks`)
 * @throws FileError no such folder, no image below it, or an image that is gone when it is read
 */
export function imageFolder(root: string, options: { points?: string } = {}): IndexedSource {
  const source = indexed(`folder ${basename(root)}`, [], () => build(root));
  return options.points === undefined ? source : landmarks(source, options.points);
}

async function build(root: string): Promise<Index> {
  if ((await stat(root)).kind !== 'folder') throw new FileError(root, 'it is a file, not a folder of images');
  const ids = (await filesBelow(root, ENDINGS)).toSorted(byFolders);
  if (ids.length === 0) throw new FileError(root, `no .${ENDINGS.join(', .')} file lies in it`);
  return {
    ...peopleOf(ids),
    faults: [],
    id: (i) => ids[i]!,
    place: (i) => ({ file: join(root, ids[i]!) }),
    read: (at) => Promise.all(Array.from(at, async (i) => ({ bytes: await readFile(join(root, ids[i]!)) }))),
  };
}

// Folder by folder, so that 'ann' and all of it comes before 'ann b', although ' ' sorts before '/'.
function byFolders(a: string, b: string): number {
  const left = a.replaceAll('/', '\0');
  const right = b.replaceAll('/', '\0');
  return left < right ? -1 : Number(left > right);
}

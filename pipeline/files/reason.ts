import { FileError } from '../errors.ts';

/** Bytes read or written in one call: Node refuses 2 GiB and more. */
export const MOST_AT_ONCE = 2 ** 30;

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not open it',
  EPERM: 'this user may not change it',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'part of the path is a file, not a folder',
  EEXIST: 'it exists already',
  ENOTEMPTY: 'the folder is not empty',
  EMFILE: 'too many files are open (ulimit -n)',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links go round in a circle',
  EXDEV: 'it lies on another disk',
  EIO: 'the disk reports an error',
};

/** What the system said about `path`, in plain words. An error that is no system error comes back unchanged. */
export function fileError(path: string, error: unknown): unknown {
  if (error instanceof FileError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (typeof code !== 'string') return error;
  return new FileError(path, REASONS[code] ?? `${(error as Error).message} (${code})`, { cause: error });
}

/** The system's code behind a FileError ('ENOENT'), where there is one. */
export function systemCode(error: unknown): string | undefined {
  const source = error instanceof FileError ? error.cause : error;
  const code = (source as NodeJS.ErrnoException | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Runs `work` and names `path` in whatever the system has against it. */
export async function about<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(path, error);
  }
}

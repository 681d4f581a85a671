import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../pipeline/errors.ts';
import * as read from '../../../pipeline/files/read.ts';
import { scratchFolder } from './scratch.ts';

const { path } = scratchFolder();

describe('reading', () => {
  it('says in plain words what is wrong, and with which path', async () => {
    const missing = path('none');
    await expect(read.readFile(missing)).rejects.toThrow(`${missing}: there is no such file or folder`);
    await expect(read.readFile(path())).rejects.toThrow('it is a folder, not a file');
    await expect(read.open(path())).rejects.toThrow('it is a folder, not a file');
    await expect(read.list(missing)).rejects.toBeInstanceOf(FileError);
    await writeFile(path('file'), '');
    await expect(read.stat(path('file', 'below'))).rejects.toThrow('part of the path is a file');
    expect(read.systemCode(await read.readFile(missing).catch((error: unknown) => error))).toBe('ENOENT');
  });

  it('reads text without its byte-order mark', async () => {
    await writeFile(path('text'), '\uFEFFé');
    expect(await read.readText(path('text'))).toBe('é');
  });

  it('reads at any place, and less where the file ends', async () => {
    await writeFile(path('bytes'), Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7]));
    const file = await read.open(path('bytes'));
    expect(file.bytes).toBe(8);
    const [a, b] = await Promise.all([file.readAt(5, 2), file.readAt(6, 9)]);
    expect([...a]).toEqual([5, 6]);
    expect([...b]).toEqual([6, 7]);
    const into = new Uint8Array(4);
    expect((await file.readAt(0, 3, into)).buffer).toBe(into.buffer);
    expect([...into]).toEqual([0, 1, 2, 0]);
    await file.close();
  });

  it('streams a part, through others, and fails in plain words', async () => {
    await writeFile(path('bytes'), 'abcdefgh');
    const parts: string[] = [];
    for await (const chunk of read.readStream(path('bytes'), { start: 1, end: 6, chunkBytes: 2 }))
      parts.push(String(chunk));
    expect(parts).toEqual(['bc', 'de', 'f']);
    const zipped = await read.readStream(path('bytes')).pipe(createGzip()).toArray();
    expect(String(gunzipSync(Buffer.concat(zipped)))).toBe('abcdefgh');
    await expect(read.readStream(path('none')).toArray()).rejects.toThrow('there is no such file');
  });

  it('lists by name and follows links', async () => {
    await mkdir(path('b'));
    await writeFile(path('a'), 'xyz');
    await symlink(path('b'), path('c'));
    await symlink(path('gone'), path('d'));
    expect((await read.list(path())).map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'file'],
      ['b', 'folder'],
      ['c', 'folder'],
      ['d', 'other'],
    ]);
    expect(await read.stat(path('a'))).toMatchObject({ kind: 'file', bytes: 3 });
    expect(await read.exists(path('d'))).toBe(false);
    expect(await read.readLink(path('d'))).toBe(path('gone'));
    expect(await read.readLink(path('a'))).toBeUndefined();
    expect(await read.realPath(path('c'))).toBe(await read.realPath(path('b')));
    expect(await read.freeBytes(path())).toBeGreaterThan(0);
  });
});

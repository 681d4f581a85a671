import { mkdir, readdir, readFile, readlink, writeFile as plant } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import * as write from '../../../pipeline/files/write.ts';
import { scratchFolder } from './scratch.ts';

const { path } = scratchFolder();
const full = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
};
const failAt = (at: write.WriteOperation): void =>
  write.injectWriteFault((operation) => (operation === at ? full() : undefined));

afterEach(() => write.injectWriteFault(undefined));

describe('writeFile', () => {
  it('replaces a file whole', async () => {
    await write.writeFile(path('a'), 'one');
    await write.writeFile(path('a'), Uint8Array.from([50]));
    expect(await readFile(path('a'), 'utf8')).toBe('2');
    expect(await readdir(path())).toEqual(['a']);
  });

  it.each(['open', 'write', 'sync', 'rename'] as const)('leaves the old file when %s fails', async (operation) => {
    await write.writeFile(path('a'), 'old');
    failAt(operation);
    await expect(write.writeFile(path('a'), 'new')).rejects.toThrow(`${path('a')}: the disk is full`);
    expect(await readdir(path())).toEqual(['a']);
    expect(await readFile(path('a'), 'utf8')).toBe('old');
  });
});

describe('openWriter', () => {
  it('shows nothing before commit, and takes a header last', async () => {
    const writer = await write.openWriter(path('a'));
    await writer.write('....body');
    expect(writer.bytes).toBe(8);
    expect((await readdir(path())).filter((name) => !name.startsWith('.'))).toEqual([]);
    await writer.writeAt(0, Buffer.from('head'));
    await writer.commit();
    await writer.discard();
    expect(await readFile(path('a'), 'utf8')).toBe('headbody');
  });
});

describe('writeFolder', () => {
  const fill = async (at: string): Promise<void> => {
    await mkdir(`${at}/deep`);
    await plant(`${at}/deep/x`, 'x');
  };

  it('replaces a folder whole', async () => {
    await write.writeFolder(path('f'), (at) => plant(`${at}/old`, ''));
    await write.writeFolder(path('f'), fill);
    expect(await readdir(path())).toEqual(['f']);
    expect(await readdir(path('f'))).toEqual(['deep']);
  });

  it.each(['mkdir', 'sync', 'rename'] as const)('leaves the old folder when %s fails', async (operation) => {
    await write.writeFolder(path('f'), (at) => plant(`${at}/old`, ''));
    failAt(operation);
    await expect(write.writeFolder(path('f'), fill)).rejects.toThrow('the disk is full');
    expect(await readdir(path())).toEqual(['f']);
    expect(await readdir(path('f'))).toEqual(['old']);
  });

  it('drops what was filled when filling fails', async () => {
    const broken = write.writeFolder(path('f'), async (at) => {
      await fill(at);
      throw new Error('stopped');
    });
    await expect(broken).rejects.toThrow('stopped');
    expect(await readdir(path())).toEqual([]);
  });
});

describe('openAppender', () => {
  it('grows by whole lines, also when a write fails in between', async () => {
    const log = await write.openAppender(path('log'));
    await log.append('one\n');
    failAt('write');
    await expect(log.append('two\n')).rejects.toThrow('the disk is full');
    write.injectWriteFault(undefined);
    await log.append('three\n');
    await log.sync();
    await log.close();
    expect(await readFile(path('log'), 'utf8')).toBe('one\nthree\n');
    await write.truncate(path('log'), 4);
    expect(await readFile(path('log'), 'utf8')).toBe('one\n');
  });
});

describe('the rest', () => {
  it('links in one step, over a file too', async () => {
    await plant(path('l'), 'a file');
    await write.link('elsewhere', path('l'));
    await write.link('there', path('l'));
    expect(await readlink(path('l'))).toBe('there');
    expect(await readdir(path())).toEqual(['l']);
  });

  it('removes what a killed process left aside, and nothing else', async () => {
    const gone = 2 ** 22 + 1; // above the largest process id there can be
    await plant(path(`.a.aside-${gone}-0`), '');
    await mkdir(path(`.b.aside-${gone}-1`));
    await plant(path(`.c.aside-${process.pid}-2`), ''); // of an earlier process that had this id
    await plant(path('.hidden'), '');
    const writer = await write.openWriter(path('mine'));
    await write.sweep(path());
    expect(await readdir(path())).toEqual(['.hidden', expect.stringContaining(`.mine.aside-${process.pid}-`)]);
    await writer.discard();
  });

  it('removes a folder in one step: killed in between, it leaves what a sweep takes away', async () => {
    await write.makeFolder(path('f', 'g'));
    await plant(path('f', 'g', 'h'), '');
    await write.removeFolder(path('f'));
    expect(await readdir(path())).toEqual([]);
    await expect(write.removeFolder(path('f'))).rejects.toThrow('there is no such file');
  });

  it('claims a name once, touches and removes it', async () => {
    await write.makeFolder(path('x', 'y'));
    expect(await write.claim(path('x', 'lock'), 'me')).toBe(true);
    expect(await write.claim(path('x', 'lock'), 'you')).toBe(false);
    await write.touch(path('x', 'lock'));
    await write.remove(path('x'));
    await write.remove(path('x'));
    await expect(write.touch(path('x', 'lock'))).rejects.toThrow('there is no such file');
    await expect(write.claim(path('x', 'lock'), '')).rejects.toThrow('there is no such file');
  });
});

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileError, FormatError, OptionError } from '../../pipeline/errors.ts';
import { beginOutput, type Standing } from '../../sinks/unfinished.ts';
import { folder, put } from '../fixtures/archives.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const standing = (records: number, faults: string[] = []): Standing => ({
  position: records + faults.length,
  records,
  bytes: 10 * records,
  faults: faults.map((reason) => ({ file: 'a.tar', reason })),
  figures: { text: 3 * records },
});

describe('beginOutput', () => {
  it('shows nothing until all has its name, and leaves nothing behind', async () => {
    const here = folder();
    const path = `${here}/out`;
    const output = await beginOutput(`${path}/`, { quality: 90 });
    const file = await output.grow('text', 0);
    await file.append(bytes('all'));
    expect(file.bytes).toBe(3);
    await file.sync();
    await file.close();
    expect(readdirSync(here)).toEqual(['out.unfinished']);
    await output.finish([['text', 'out']]);
    await output.close();
    await output.close();
    expect(readdirSync(here)).toEqual(['out']);
    expect(readFileSync(path, 'utf8')).toBe('all');
    await expect(beginOutput(path, { quality: 90 })).rejects.toThrow(OptionError);
    await expect(beginOutput(path)).rejects.toThrow('free: remove what is there, or choose another');
  });

  it('goes on at the last whole entry, and cuts what came after it', async () => {
    const path = `${folder()}/out`;
    const output = await beginOutput(path, { from: 'a.tar', size: undefined });
    const file = await output.grow('text', 0);
    await file.append(bytes('onetwo'));
    await file.sync();
    await output.mark(standing(1, ['broken']));
    await output.mark(standing(2, ['broken', 'too short']));
    await file.append(bytes('never synced'));
    await file.close();
    await output.close();
    appendFileSync(output.at('text'), 'beyond');
    appendFileSync(output.at('journal.jsonl'), '{"position":3,"rec');

    const again = await beginOutput(path, { from: 'a.tar' });
    expect(again.standing).toEqual(standing(2, ['broken', 'too short']));
    const more = await again.grow('text', again.standing.figures['text']!);
    await more.append(bytes('!'));
    await more.sync();
    expect(readFileSync(again.at('text'), 'utf8')).toBe('onetwo!');
    await again.mark(standing(3, ['broken', 'too short']));
    await more.close();
    await again.close();
    expect((await (await beginOutput(path, { from: 'a.tar' })).close(), again.standing.records)).toBe(3);
  });

  it('refuses to go on with something else, and says what to do', async () => {
    const path = `${folder()}/out`;
    const output = await beginOutput(path, { quality: 90, from: 'a.tar' });
    await output.mark(standing(1));
    await output.close();
    await expect(beginOutput(path, { quality: 80, from: 'a.tar' })).rejects.toThrow(
      `quality must be 90, as when ${path}.unfinished was begun (remove that folder to begin anew), received 80`,
    );
    await expect(beginOutput(path, { from: 'a.tar' })).rejects.toThrow(/quality must be 90, .*, received 'nothing'$/);
    await expect(beginOutput(path, { quality: 90, from: 'a.tar', size: 112 })).rejects.toThrow(
      /size must be left out, as when .*, received 112$/,
    );
    writeFileSync(`${path}.unfinished/journal.jsonl`, 'no json\n');
    await expect(beginOutput(path, {})).rejects.toThrow(FormatError);
  });

  it('refuses at once what can have no name: one taken since, and none', async () => {
    const here = folder();
    const output = await beginOutput(`${here}/out`, {});
    await output.mark(standing(1));
    await output.close();
    mkdirSync(`${here}/out`);
    await expect(beginOutput(`${here}/out`, {})).rejects.toThrow('free: remove what is there, or choose another');
    expect(existsSync(output.at('journal.jsonl'))).toBe(true);
    for (const name of ['', '/']) await expect(beginOutput(name, {})).rejects.toThrow('the name of a file or folder');
  });

  it('begins anew where it is not told what it is made of', async () => {
    const path = `${folder()}/out`;
    put(`${path}.unfinished`, { 'journal.jsonl': '{"begun":{}}\n', 'faces/a': 'old', text: 'old' });
    const output = await beginOutput(path);
    expect(readdirSync(`${path}.unfinished`).toSorted()).toEqual(['journal.jsonl', 'lock']);
    await output.close();
  });

  it('leaves nothing behind where nothing was written', async () => {
    const here = folder();
    await (await beginOutput(`${here}/out`, {})).close();
    expect(readdirSync(here)).toEqual([]);
  });

  it('is one process at a time', async () => {
    const path = `${folder()}/out`;
    const output = await beginOutput(path, {});
    await expect(beginOutput(path, {})).rejects.toThrow(`out: process ${process.pid} is writing it`);
    await output.close();
  });

  it('takes its names in the end even where it was killed between two of them', async () => {
    const here = folder();
    const output = await beginOutput(`${here}/a.rec`, {});
    await output.mark(standing(1));
    put(output.at('.'), { rec: 'records', idx: 'places' });
    appendFileSync(output.at('journal.jsonl'), '{"names":[["idx","a.idx"],["rec","a.rec"]]}\n');
    put(here, { 'a.idx': 'places' });
    await output.close();
    const again = await beginOutput(`${here}/a.rec`, {});
    expect(again.whole).toBe(true);
    await again.close();
    expect(readdirSync(here)).toEqual(['a.idx', 'a.rec']);
  });

  it('takes nobody else’s name', async () => {
    const here = folder();
    const output = await beginOutput(`${here}/out`, {});
    await output.mark(standing(1));
    put(output.at('faces'), { a: 'new' });
    mkdirSync(`${here}/out`);
    await expect(output.finish([['faces', 'out']])).rejects.toThrow(FileError);
    await output.close();
    expect(existsSync(output.at('faces/a'))).toBe(true);
  });
});

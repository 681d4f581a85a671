import { describe, expect, it } from 'vitest';
import {
  EngineError,
  FileError,
  FormatError,
  OptionError,
  RxfaceError,
  ShapeError,
  show,
  StageError,
  WiringError,
} from '../../pipeline/errors.ts';

describe('errors build their text from their fields', () => {
  it.each<[RxfaceError, string, 1 | 2]>([
    [
      new OptionError('batch', 'size', 'an integer of at least 1', 0),
      'batch: size must be an integer of at least 1, received 0',
      2,
    ],
    [
      new FormatError('train.rec', 128, 'the magic 0xced7230a', 7),
      'train.rec, byte 128: expected the magic 0xced7230a, found 7',
      1,
    ],
    [new FormatError('pairs.txt', undefined, '10 folds'), 'pairs.txt: expected 10 folds', 1],
    [new FileError('data', 'no such file or folder'), 'data: no such file or folder', 1],
    [new StageError('decode', "'a.jpg'", new Error('not a JPEG')), "stage 'decode' at 'a.jpg': not a JPEG", 1],
    [new StageError('decode', undefined, 'stopped'), "stage 'decode': stopped", 1],
    [new WiringError('train', ['no source', 'no sink']), "graph 'train': no source; no sink", 2],
    [new ShapeError('conv', '[N, H, W, 3]', [1, 2]), 'conv: expected shape [N, H, W, 3], received [1, 2]', 1],
    [new EngineError('No compiler', 'Install g++'), 'No compiler. Install g++', 1],
  ])('%s', (error, text, exitCode) => {
    expect(error.message).toBe(text);
    expect(error.exitCode).toBe(exitCode);
    expect(error).toBeInstanceOf(RxfaceError);
    expect(error.name).toBe(error.constructor.name);
  });

  it('keeps the cause', () => {
    const cause = new FileError('x', 'gone');
    expect(new StageError('read', undefined, cause).cause).toBe(cause);
  });

  it('shows values short', () => {
    expect(show('a'.repeat(200))).toHaveLength(82);
    expect(show(new Uint8Array(9))).toBe('Uint8Array of 9 bytes');
    expect(show({ a: 'b'.repeat(200) })).toHaveLength(80);
    expect(show({ a: 1 })).toBe('{"a":1}');
    expect(show(undefined)).toBe('undefined');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstOperations } from '../../../pipeline/bytes/onnxGraph.ts';
import { RxfaceError } from '../../../pipeline/errors.ts';
import { onnxFile } from '../../fixtures/onnx.ts';

const FILE = onnxFile(['N', 3, 112, 112], ['Sub', 'Mul', 'Conv', 'PRelu']);

describe('firstOperations', () => {
  it('gives the operations of a graph in order, so many at most', () => {
    expect(firstOperations(FILE, 'a.onnx', 3)).toEqual(['Sub', 'Mul', 'Conv']);
    expect(firstOperations(FILE, 'a.onnx', 9)).toEqual(['Sub', 'Mul', 'Conv', 'PRelu']);
  });

  it('refuses what holds none', () => {
    expect(() => firstOperations(new Uint8Array(0), 'a.onnx', 1)).toThrow(
      'a.onnx: expected an ONNX model, with a graph',
    );
    expect(() => firstOperations(Uint8Array.of(0x3a, 0x7f), 'a.onnx', 1)).toThrow('(a protocol buffer)');
    expect(() => firstOperations(new Uint8Array(20).fill(0xff), 'a.onnx', 1)).toThrow('(a protocol buffer)');
  });

  it('ends on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          firstOperations(Uint8Array.of(0x3a, bytes.length, ...bytes), 'a.onnx', 8);
        } catch (error) {
          expect(error).toBeInstanceOf(RxfaceError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

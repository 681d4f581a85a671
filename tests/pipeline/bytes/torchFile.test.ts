import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTorch, isTorchFile, TorchTensor } from '../../../pipeline/bytes/torchFile.ts';
import { RxfaceError } from '../../../pipeline/errors.ts';

function bytesOf(name: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/torch/${name}`, import.meta.url)));
}

/** Every number of a file, which is all there is to read. */
function readAll(value: unknown): unknown {
  if (value instanceof TorchTensor) return value.read();
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, readAll(inner)]));
  return value;
}

describe('decodeTorch', () => {
  it('reads tensors of every type, parts of others and transposed ones, as PyTorch holds them', () => {
    const tensors = readAll(decodeTorch(bytesOf('tensors.pt'), 'tensors.pt'));
    expect(tensors).toEqual(
      new Map<string, unknown>([
        ['transposed', { shape: [3, 2], data: Float32Array.of(0, 3, 1, 4, 2, 5) }],
        ['part', { shape: [2], data: Float32Array.of(3, 5) }],
        ['half', { shape: [2], data: Float32Array.of(0.5, -2) }],
        ['brain', { shape: [2], data: Float32Array.of(0.5, -2) }],
        ['long', { shape: [2], data: Float64Array.of(1, -(2 ** 40)) }],
        ['empty', { shape: [0, 4], data: new Float32Array(0) }],
        ['scalar', { shape: [], data: Float32Array.of(3) }],
        ['parameter', { shape: [1], data: Float32Array.of(7) }],
      ]),
    );
  });

  it('reads plain values beside the tensors; a class that keys a dictionary is a name', () => {
    const file = decodeTorch(bytesOf('adaface.ckpt'), 'adaface.ckpt') as Map<string, unknown>;
    expect([...file.keys()]).toEqual(['epoch', 'pytorch-lightning_version', 'state_dict', 'callbacks', 'hyper_parameters']); // prettier-ignore
    expect([...(file.get('callbacks') as Map<unknown, unknown>).keys()]).toEqual([{ name: 'argparse.ArgumentParser' }]);
    const given = file.get('hyper_parameters') as Map<string, unknown>;
    expect([given.get('milestones'), given.get('huge')]).toEqual([[12, 20, 24], 2n ** 80n]);
  });

  it('reads the container from before PyTorch 1.6 alike', () => {
    const [old, now] = ['arcface-before-1.6.pt', 'arcface.pt'].map((name) => readAll(decodeTorch(bytesOf(name), name)));
    expect((old as Map<string, unknown>).size).toBe(187);
    expect(old).toEqual(now);
  });

  it('refuses a file that calls anything, by its name', () => {
    expect(() => decodeTorch(bytesOf('trap.ckpt'), 'trap.ckpt')).toThrow(
      /trap\.ckpt\/\w+\/data\.pkl, byte \d+: expected tensors and plain containers alone, no call, found '(builtins|__builtin__)\.exec'/,
    );
  });

  it('says what is no such file', () => {
    expect(isTorchFile(Buffer.from('PK'))).toBe(false);
    expect(() => decodeTorch(Buffer.from('hello, world'), 'a.pt')).toThrow(
      'a.pt, byte 0: expected a file of torch.save',
    );
  });

  it.each(['tensors.pt', 'arcface-before-1.6.pt'])('%s cut off anywhere is refused', (name) => {
    const whole = bytesOf(name);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        expect(() => readAll(decodeTorch(whole.subarray(0, length), name))).toThrow(RxfaceError);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['tensors.pt', 'arcface-before-1.6.pt'])(
    '%s damaged anywhere is read or refused, in no other way',
    (name) => {
      const whole = bytesOf(name);
      const hit = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
      fc.assert(
        fc.property(fc.array(hit, { minLength: 1, maxLength: 4 }), (hits) => {
          const damaged = whole.slice();
          for (const { at, byte } of hits) damaged[at] = byte;
          try {
            readAll(decodeTorch(damaged, name));
          } catch (error) {
            expect(error).toBeInstanceOf(RxfaceError);
          }
        }),
        { numRuns: 500 },
      );
    },
  );
});

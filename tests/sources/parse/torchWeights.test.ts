import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseTorchWeights } from '../../../sources/parse/torchWeights.ts';

function weightsOf(name: string): ReturnType<typeof parseTorchWeights> {
  return parseTorchWeights(readFileSync(fileURLToPath(new URL(`../../fixtures/torch/${name}`, import.meta.url))), name);
}

describe('parseTorchWeights', () => {
  it('takes the tensors of a file that holds nothing else', () => {
    const weights = weightsOf('cvlface.pt');
    expect(Object.keys(weights)).toHaveLength(179);
    expect(weights['net.input_layer.0.weight']!.shape).toEqual([2, 3, 3, 3]);
  });

  it.each(['adaface.ckpt', 'magface.pth'])('takes the state dict of a checkpoint that holds more (%s)', (name) => {
    const names = Object.keys(weightsOf(name));
    expect(names).toContain(name === 'adaface.ckpt' ? 'head.kernel' : 'fc.weight');
    expect(names).not.toContain('epoch');
  });

  it('says what a file holds that is no state dict', () => {
    const empty = Buffer.from([0x80, 2, 0x7d, 0x2e]);
    const old = Buffer.concat([
      Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex'),
      Buffer.from('80024de9032e', 'hex'),
      empty,
      Buffer.from('80027d580100000061'.concat('4b01732e'), 'hex'),
      Buffer.from('80025d2e', 'hex'),
    ]);
    expect(() => parseTorchWeights(old, 'a.pt')).toThrow(
      "a.pt: expected tensors by name, alone or as state_dict or state_dict_backbone, found 'a'",
    );
  });
});

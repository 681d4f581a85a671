import { describe, expect, it } from 'vitest';
import { architecture, iresnet } from '../../../operators/net/iresnet.ts';

describe('architecture', () => {
  it('is AdaFace’s by default', () => {
    expect(architecture('ir50')).toEqual({
      name: 'ir50',
      units: [3, 4, 14, 3],
      widths: [64, 128, 256, 512],
      squeezeExcite: false,
      embedding: 512,
      size: [112, 112],
      dropout: 0.4,
      input: { channels: 'bgr', mean: 0.5, std: 0.5 },
    });
    expect(architecture('ir10').widths).toEqual([16, 32, 64, 128]);
  });

  it.for([
    ['ir19', {}, "name must be one of ir10, ir18, ir34, ir50, ir101, received 'ir19'"],
    ['ir10', { widths: [8, 8] }, 'widths must be 4 whole numbers of at least 1, received [8,8]'],
    ['ir10', { embedding: 0 }, 'embedding must be a whole number of at least 1, received 0'],
    ['ir10', { dropout: 1 }, 'dropout must be a number in [0, 1), received 1'],
    ['ir10', { size: [112, 0.5] }, 'size must be two whole numbers of at least 1, received [112,0.5]'],
  ] as const)('%s %o is refused', ([name, options, message]) => {
    expect(() => architecture(name as 'ir10', options as object)).toThrow(message);
  });
});

describe('iresnet', () => {
  const strides = { ir18: [0, 2, 4, 6], ir34: [0, 3, 7, 13], ir50: [0, 3, 7, 21], ir101: [0, 3, 16, 46] } as const;

  it.for(Object.entries(strides))('%s widens where AdaFace does', ([name, first]) => {
    const params = iresnet(architecture(name as keyof typeof strides)).params;
    const widening = params
      .filter((p) => p.name.endsWith('shortcut_layer.0.weight'))
      .map((p) => Number(p.name.split('.')[1]));
    expect(widening).toEqual(first.slice(1)); // the first stage keeps its 64 channels and subsamples
  });

  it('maps any size to its embedding', () => {
    for (const [size, inputs] of [
      [[112, 112], 7 * 7 * 128],
      [[112, 96], 7 * 6 * 128],
      [[33, 17], 3 * 2 * 128],
    ] as const) {
      const net = iresnet(architecture('ir10', { size: [...size], embedding: 9 }));
      expect(net.outShape([...size, 3])).toEqual([9]);
      expect(net.params.find((p) => p.name === 'output_layer.3.weight')!.shape).toEqual([inputs, 9]);
    }
    expect(() => iresnet(architecture('ir10')).outShape([112, 112, 1])).toThrow(
      'expected shape [h, w, 3], received [112, 112, 1]',
    );
  });
});

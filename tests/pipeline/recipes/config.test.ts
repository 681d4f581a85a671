import { describe, expect, it } from 'vitest';
import { ConfigError, differences, parseConfig } from '../../../pipeline/recipes/config.ts';

const SMALL = `
data:
  sources:
    - path: faces.tar
model: { name: ir10 }
head: { name: cosface, s: 32, m: 0.35 }
schedule: { name: cosine, lr: 0.1 }
train: { batch: 8, epochs: 2 }
`;

function faultsOf(text: string, sets: string[] = []): string[] {
  try {
    parseConfig('c.yaml', text, sets);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  it('fills defaults in', () => {
    const config = parseConfig('c.yaml', SMALL);
    expect(config.model).toEqual({
      name: 'ir10',
      embedding: 512,
      dropout: 0.4,
      size: [112, 112],
      channels: 'bgr',
      squeezeExcite: false,
    });
    expect(config.optimiser.weightDecay).toBe(5e-4);
    expect(config.checkpoint.keep).toBe(3);
    expect(config.evaluate).toEqual([]);
  });

  it('takes JSON as it takes YAML', () => {
    const config = parseConfig('c.yaml', SMALL);
    expect(parseConfig('c.json', JSON.stringify(config, null, 2))).toEqual(config);
  });

  it('reports all faults at once with file, line, path, bound and value', () => {
    const broken = SMALL.replace('m: 0.35', 'm: 1.5').replace('batch: 8', 'batch: 0').replace('lr: 0.1', 'lr: fast');
    expect(faultsOf(broken)).toEqual([
      'c.yaml:6: head.m must be a number from 0 to 1, received 1.5',
      "c.yaml:7: schedule.lr must be a number of at least 0, received 'fast'",
      'c.yaml:8: train.batch must be a whole number of at least 2, received 0',
    ]);
  });

  it('names the nearest key for an unknown one, on its line', () => {
    expect(faultsOf(SMALL.replace('  sources:', '  sorces: 1\n  sources:'))).toEqual([
      "c.yaml:3: data.sorces is no known key; did you mean 'sources'?",
    ]);
    expect(faultsOf(`${SMALL}augment: { sharpen: 0.2 }\n`)).toEqual([
      'c.yaml:9: augment.sharpen is no known key; known here: flip, crop, rescale, photometric, blur, occlude',
    ]);
  });

  it('takes an augmentation as a chance or, where it says more, as a section', () => {
    const given = 'augment: { crop: 0.2, photometric: { chance: 0.2, channels: bgr } }\n';
    expect(parseConfig('c.yaml', SMALL + given).augment).toEqual({
      flip: 0.5,
      crop: 0.2,
      rescale: 0,
      photometric: { chance: 0.2, hue: 0, channels: 'bgr' },
      blur: 0,
      occlude: 0,
    });
    expect(faultsOf(`${SMALL}augment: { crop: 2, photometric: { chances: 0.2 } }\n`)).toEqual([
      'c.yaml:9: augment.crop must be a number from 0 to 1, received 2',
      'c.yaml:9: augment.photometric.chance must be a number from 0 to 1, but it is missing',
      "c.yaml:9: augment.photometric.chances is no known key; did you mean 'chance'?",
    ]);
  });

  it('looks into what may be a number or a section', () => {
    const faultsOfLight = (given: string): string[] =>
      faultsOf(`${SMALL}augment: { photometric: ${given} }\n`).map((fault) =>
        fault.replace('c.yaml:9: augment.photometric', ''),
      );
    expect(faultsOfLight('{ chance: 0.2, channels: brg }')).toEqual([
      ".channels must be one of rgb, bgr, received 'brg'",
    ]);
    expect(faultsOfLight('{ chance: 2, hue: 0.7 }')).toEqual([
      '.chance must be a number from 0 to 1, received 2',
      '.hue must be a number from 0 to 0.5, received 0.7',
    ]);
    expect(faultsOfLight('2')).toEqual([' must be a number from 0 to 1, received 2']);
    for (const neither of ['on', '[0.2]', 'null']) {
      expect(faultsOfLight(neither)[0]).toMatch(/^ must be a number from 0 to 1, or a section with chance, hue and/);
    }
  });

  it('reports what is missing on the line of its section', () => {
    expect(faultsOf(SMALL.replace('batch: 8, ', ''))).toEqual([
      'c.yaml:8: train.batch must be a whole number of at least 2, but it is missing',
    ]);
    expect(faultsOf('')).toHaveLength(5);
  });

  it('names the choices of a section that comes in kinds', () => {
    expect(faultsOf(SMALL.replace('cosface', 'cosfase'))).toEqual([
      "c.yaml:6: head.name must be one of softmax, normface, sphereface, cosface, arcface, combined, mvsoftmax, curricularface, magface, adaface, classvolume, ldam, class-balanced, received 'cosfase'",
    ]);
  });

  it('gives the line of a syntax error and of a key written twice', () => {
    expect(faultsOf('a: [1\nb: 2')[0]).toMatch(/^c\.yaml:\d: expected valid YAML or JSON: /);
    expect(faultsOf(`${SMALL}train: { batch: 1, epochs: 1 }`)[0]).toMatch(/^c\.yaml:9: .*unique/);
  });

  it('tells a pattern that YAML takes for an alias to be quoted, with its line', () => {
    expect(faultsOf(SMALL.replace('faces.tar', '*.rec'))).toEqual([
      expect.stringMatching(
        /^c\.yaml:4: expected valid YAML or JSON: .*\.rec; a text that begins with \* must be quoted$/,
      ),
    ]);
    expect(faultsOf(SMALL, ['data.sources.0.path=*.rec'])).toEqual([
      expect.stringMatching(/^--set data\.sources\.0\.path=\*\.rec: expected a value of YAML.*must be quoted$/),
    ]);
    expect(faultsOf(SMALL, ['train.batch=[1'])).toEqual([
      expect.stringMatching(/^--set train\.batch=\[1: expected a value of YAML, a text with signs of it in quotes: /),
    ]);
    expect(parseConfig('c.yaml', SMALL, ["data.sources.0.path='*.rec'"]).data.sources[0]?.path).toBe('*.rec');
  });

  it.each([
    ['optimiser.momentum=1', 'optimiser.momentum must be a number of at least 0 and below 1, received 1'],
    ['optimiser.clipNorm=0', 'optimiser.clipNorm must be a number above 0, received 0'],
    ['schedule.to=0.2', 'schedule.to must be at most schedule.lr = 0.1, received 0.2'],
    ['schedule={name: polynomial, lr: 1, power: 0}', 'schedule.power must be a number above 0, received 0'],
    [
      'schedule={name: step, lr: 1, factor: 0, milestones: [1]}',
      'schedule.factor must be a number above 0, at most 1, received 0',
    ],
    [
      'schedule={name: step, lr: 1, milestones: [2, 2]}',
      'schedule.milestones must be ascending epochs, received [2,2]',
    ],
    ['train.batch=1', 'train.batch must be a whole number of at least 2, received 1'],
    ['train.precision=half', "train.precision must be one of float32, bfloat16, auto, received 'half'"],
  ])('refuses %s, which training would refuse later', (set, fault) => {
    expect(faultsOf(SMALL, [set])).toEqual([`--set ${set}: ${fault}`]);
  });

  it('puts --set over the file, lists by number, and blames --set for its own faults', () => {
    const config = parseConfig('c.yaml', SMALL, ['head.m=0.2', 'data.sources.0.path=b.rec', 'optimiser.clipNorm=5']);
    expect(config.head).toMatchObject({ m: 0.2 });
    expect(config.data.sources[0]?.path).toBe('b.rec');
    expect(config.optimiser.clipNorm).toBe(5);
    expect(faultsOf(SMALL, ['head.m=7'])).toEqual(['--set head.m=7: head.m must be a number from 0 to 1, received 7']);
    expect(faultsOf(SMALL, ['head.m'])[0]).toMatch(/^--set head\.m: expected the form a\.b=value/);
    expect(faultsOf(SMALL, ['head=3'])[0]).toMatch(/^--set head=3: head must be a section whose name is one of/);
  });

  it('wants the best checkpoint judged by an evaluation of its list, and reduction to fewer pixels than there are', () => {
    expect(faultsOf(`${SMALL}checkpoint: { best: lfw }\n`, ['schedule.to=1'])).toEqual([
      '--set schedule.to=1: schedule.to must be at most schedule.lr = 0.1, received 1',
      "c.yaml:9: checkpoint.best must be left out: evaluate is empty, received 'lfw'",
    ]);
    const reduced = `${SMALL}evaluate: [{ protocol: lfw, data: d, pairs: p, reduce: 20 }]\n`;
    expect(parseConfig('c.yaml', `${reduced}checkpoint: { best: lfw-20px }\n`).checkpoint.best).toBe('lfw-20px');
    expect(faultsOf(`${reduced}checkpoint: { best: lfw }\n`, ['evaluate.0.reduce=113'])).toEqual([
      '--set evaluate.0.reduce=113: evaluate.0.reduce must be at most the 112 pixels of model.size, received 113',
      "c.yaml:10: checkpoint.best must be one of lfw-113px, which evaluate lists, received 'lfw'",
    ]);
  });

  it('takes variants of protocols, and names them', () => {
    const evaluate = (variant: string): string =>
      `${SMALL}evaluate: [{ protocol: lfw, data: d, pairs: p, ${variant} }]\n`;
    for (const [variant, name] of [
      ['blur: 7', 'lfw-blur7'],
      ['occlude: 29', 'lfw-oc29'],
      ['folds: [5, 6, 7]', 'lfw-folds5to7'],
      ['folds: [1, 3], reduce: 24', 'lfw-folds1+3-24px'],
    ])
      expect(parseConfig('c.yaml', `${evaluate(variant!)}checkpoint: { best: ${name} }\n`).checkpoint.best).toBe(name);
    const at = 'c.yaml:9: evaluate.0.';
    expect(faultsOf(evaluate('blur: 4'))).toEqual([`${at}blur must be an odd number of at least 3, received 4`]);
    expect(faultsOf(evaluate('occlude: 113'))).toEqual([
      `${at}occlude must be at most the 112 pixels of model.size, received 113`,
    ]);
    for (const folds of ['[5]', '[6, 5]', '5'])
      expect(faultsOf(evaluate(`folds: ${folds}`))[0]).toContain(
        'folds must be at least two ascending numbers of folds, from 1',
      );
  });
});

describe('differences', () => {
  it('lists the paths at which two configs differ, except where told', () => {
    const a = parseConfig('c.yaml', SMALL);
    const b = parseConfig('c.yaml', SMALL, ['head.m=0.2', 'data.root=x', 'checkpoint.keep=1']);
    expect(differences(a, b, ['data.root', 'checkpoint'])).toEqual(['head.m']);
  });
});

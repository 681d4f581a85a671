import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainCommand } from '../../../pipeline/cli/train.ts';
import { parseConfig } from '../../../pipeline/recipes/config.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { tinyTraining } from '../../fixtures/tinyTraining.ts';

// What trains runs as a process of its own: tests/end-to-end/train.test.ts.
let root: string;
let config: string;

beforeAll(async () => {
  ({ root, config } = await tinyTraining('augment: { sharpen: 0.2 }\n'));
});

describe('rxface train, given what cannot be', () => {
  it('lists the three faults of a config, each with line, path, bound and value', async () => {
    const faults = ['--set', 'head.m=2', '--set', 'train.batch=none'];
    expect(await commandLine(trainCommand, 'train', config, ...faults)).toEqual({
      code: 2,
      out: [],
      err: [
        'rxface: --set head.m=2: head.m must be a number from 0 to 1, received 2',
        "rxface: --set train.batch=none: train.batch must be a whole number of at least 2, received 'none'",
        `rxface: ${config}:9: augment.sharpen is no known key; known here: flip, crop, rescale, photometric, blur, occlude`,
      ],
    });
  });

  it('names a config and a folder of data that are not there', async () => {
    const gone = join(root, 'gone.yaml');
    expect(await commandLine(trainCommand, 'train', gone)).toEqual({
      code: 1,
      out: [],
      err: [`rxface: ${gone}: there is no such file or folder`],
    });
    const { root: other, config: good } = await tinyTraining();
    const sets = ['--set', `data.root=${other}`, '--set', 'data.sources.0.path=gone'];
    const ended = await commandLine(trainCommand, 'train', good, ...sets);
    expect(ended).toMatchObject({ code: 1, err: [expect.stringMatching(/^rxface: .*gone: there is no such file/)] });
  });

  it('prints the config with every default filled in, which reads back the same', async () => {
    const { root: here, config: good } = await tinyTraining();
    const printed = ['train', good, '--set', `data.root=${here}`, '--print-config'];
    const { code, out, err } = await commandLine(trainCommand, ...printed);
    expect([code, err, readdirSync(here)]).toEqual([0, [], ['faces', 'pairs.txt', 'tiny.yaml']]);
    const config = parseConfig('printed.yaml', out.join('\n'));
    expect(config).toMatchObject({
      train: { batch: 4, threads: 1 },
      optimiser: { momentum: 0.9 },
      schedule: { to: 0 },
    });
    const json = await commandLine(trainCommand, ...printed, '--json');
    expect(JSON.parse(json.out.join(''))).toEqual(config);
  });

  it('wants a config or a run to go on with, and one folder for a run that is resumed', async () => {
    expect(await commandLine(trainCommand, 'train')).toMatchObject({
      code: 2,
      err: [expect.stringMatching(/CONFIG must be a config file, or --resume with a run folder/)],
    });
    const { config: good } = await tinyTraining();
    expect(await commandLine(trainCommand, 'train', good, '--resume', 'a', '--run', 'b')).toMatchObject({
      code: 2,
      err: [expect.stringMatching(/--run must be left out, or a/)],
    });
  });
});

import type { ThresholdAtFar } from 'rxface/operators';
import { OptionError } from '../errors.ts';
import { createProgress } from '../progress.ts';
import type { Compared } from '../recipes/comparePair.ts';
import {
  examples,
  INPUT_OPTION,
  interruptible,
  MODEL_OPTION,
  say,
  sayJson,
  sayResult,
  type Command,
} from './program.ts';
import { thresholdLines } from './verificationTable.ts';
import { ALIGN_OPTION, DETECTOR_OPTION, withDetector, type DetectorOptions } from './withDetector.ts';
import { withModel } from './withModel.ts';

interface Options extends DetectorOptions {
  model: string;
  input?: string;
  data?: string;
  pairs?: string;
  far: number;
  json?: boolean;
}

/** `rxface verify A B`: are these two photographs of one person? */
export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description(
      'compare the faces of two photographs, aligned to the size of the network, or with --align as they are',
    )
    .argument('<a>', 'a photograph')
    .argument('<b>', 'another')
    .requiredOption('--model <path>', MODEL_OPTION)
    .option('--input <how>', INPUT_OPTION)
    .option('--align', ALIGN_OPTION)
    .option('--detector <onnx>', DETECTOR_OPTION)
    .option('--data <tar|dir>', 'aligned images of LFW, to find the threshold on')
    .option('--pairs <file>', "LFW's pairs.txt, with --data")
    .option('--far <rate>', 'share of strangers that the threshold may let through', Number, 1e-3)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        ['rxface verify a.jpg b.jpg --model runs/mine', 'how alike they are, -1 to 1'],
        [
          'rxface verify a.jpg b.jpg --model runs/mine --align --detector yunet.onnx',
          'of photographs as they were taken',
        ],
        [
          'rxface verify a.jpg b.jpg --model runs/mine --data lfw112.tar.gz --pairs pairs.txt',
          'and whether that is enough, by the strangers of LFW',
        ],
      ),
    )
    .action(verify);
}

async function verify(a: string, b: string, options: Options): Promise<void> {
  const { model: path, input, data, pairs, far, json } = options;
  if ((data === undefined) !== (pairs === undefined))
    throw new OptionError(
      'verify',
      data === undefined ? '--data' : '--pairs',
      'given with the other of the two',
      'nothing',
    );
  const { comparePair } = await import('../recipes/comparePair.ts');
  const { thresholdAtFar } = await import('rxface/operators');
  const { scorePairs } = await import('../recipes/evaluate.ts');
  await interruptible('', (signal) =>
    withDetector('verify', options, (detector) =>
      withModel({ model: path, input }, signal, async (model) => {
        const found = await comparePair(model, [a, b], { detector, signal });
        const why = detector === undefined ? `is not ${model.architecture.size.join('x')} pixels` : 'shows no face';
        for (const name of found.notAligned)
          say(`rxface: ${name} ${why}: it was resized, not aligned, and the figure says little`);
        const files = data !== undefined && pairs !== undefined && { protocol: 'lfw' as const, data, pairs };
        const calibration = files
          ? thresholdAtFar(await scorePairs(model, { ...files, signal, progress: createProgress() }), far)
          : undefined;
        if (json)
          sayJson({ ...found, ...(calibration && { calibration, same: found.similarity >= calibration.threshold }) });
        else sayResult(text(found, calibration));
      }),
    ),
  );
}

function text({ similarity }: Compared, calibration: ThresholdAtFar | undefined): string {
  const figure = `similarity      ${similarity.toFixed(4)} (cosine, -1 to 1)`;
  if (calibration === undefined) return `${figure}\nthreshold       not known: --data and --pairs measure one`;
  const answer = similarity >= calibration.threshold ? 'the same person' : 'two persons';
  return [figure, ...thresholdLines(calibration), `answer          ${answer}`].join('\n');
}

import { version_core } from '@tensorflow/tfjs-core';
import { cureOf } from '../engine/cure.ts';
import { ensureEngine } from '../engine/ensure.ts';
import { installEngine, removeEngine } from '../engine/install.ts';
import { startEngine, type Engine } from '../engine/load.ts';
import { ensureOperations } from '../engine/operations.ts';
import { measureSpeed } from '../engine/speed.ts';
import { installStock } from '../engine/stock.ts';
import { PLATFORMS, ToolchainError } from '../engine/toolchain.ts';
import { examples, interruptible, say, sayJson, sayResult, type Command } from './program.ts';

/** `rxface engine`: what runs and why; install, remove, ensure. */
export function engineCommand(program: Command): void {
  const engine = program
    .command('engine')
    .description('say which engine runs, why, how fast, and what would make it better')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `\n${PLATFORMS}.`)
    .addHelpText(
      'afterAll',
      examples(
        ['rxface engine', 'what runs, why, and how fast'],
        ['rxface engine install --gpu', 'TensorFlow for NVIDIA cards'],
      ),
    )
    .action(async (options: { json?: boolean }) => {
      const running = await startEngine();
      if (options.json) sayJson(running);
      else await report(running);
    });
  engine
    .command('install')
    .description('install TensorFlow into the cache and link it into tfjs-node')
    .option('--gpu', 'the build for NVIDIA cards, with the CUDA 12 libraries')
    .option('--wheel <file>', "TensorFlow's wheel, already downloaded")
    .action((options: { gpu?: boolean; wheel?: string }) =>
      interruptible(NOTICE, async (signal) => {
        try {
          const folder = await installEngine({ ...options, ...talk(), signal });
          await ensureOperations(folder, { say, signal });
          say(`engine: linked ${folder}`);
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof ToolchainError)) throw error;
          say(`engine: ${error.message}`);
          await installStock(say);
        }
        sayResult(summary(await startEngine()));
      }),
    );
  engine
    .command('remove')
    .description('undo the installation: the link and the cache')
    .action(async () => {
      const removed = await removeEngine();
      sayResult(removed.length > 0 ? removed.map((path) => `removed ${path}`).join('\n') : 'nothing was installed');
    });
  engine
    .command('ensure')
    .description('install TensorFlow if it is missing and can be had; never fails for want of it')
    .action(() =>
      interruptible(NOTICE, async (signal) => sayResult(summary(await ensureEngine({ ...talk(), signal })))),
    );
}

function talk(): { say: typeof say; show: boolean } {
  return { say, show: process.stderr.isTTY };
}

const NOTICE = '; nothing is left half done';

function summary(engine: Engine): string {
  const name = engine.tensorflow === null ? engine.backend : `${engine.backend}, TensorFlow ${engine.tensorflow}`;
  return `engine: ${name} on ${engine.devices[0]} (${engine.reason})`;
}

async function report(engine: Engine): Promise<void> {
  const rows: [string, string][] = [
    ['backend', engine.backend],
    ['why', engine.reason],
    [
      'versions',
      `${engine.tensorflow === null ? '' : `TensorFlow ${engine.tensorflow}, `}tfjs ${version_core}, Node ${process.version}`,
    ],
    ['devices', engine.devices.join('; ')],
    ['speed', `${measureSpeed(2).toPrecision(3)} GFLOPS (3x3 convolution, float32)`],
  ];
  const cure = await cureOf(engine);
  if (cure !== undefined) rows.push(['cure', cure]);
  sayResult(rows.map(([name, text]) => `${name.padEnd(9)} ${text}`).join('\n'));
}

/**
 * One training in a process of its own, which may end itself by SIGKILL at a moment to the point.
 * Arguments: config, data root, run, 'new' or 'resume', threads, and for a killed one its moment: 'after' or 'within', and a step.
 */
import { startEngine } from '../../pipeline/engine/load.ts';
import { injectWriteFault } from '../../pipeline/files/write.ts';
import { checkpointName } from '../../pipeline/manifest.ts';
import { readConfig } from '../../pipeline/recipes/config.ts';
import { train } from '../../pipeline/recipes/train.ts';

const [file, root, run, how, threads, moment, step] = process.argv.slice(2) as [string, string, string, string, string, string?, string?]; // prettier-ignore
if (moment !== undefined) killAt(moment, checkpointName(Number(step)));
const config = await readConfig(file, [`data.root=${root}`, `train.threads=${threads}`]);
const engine = await startEngine();
const note = (line: string): void => void process.stderr.write(`${line}\n`);
note(`engine loaded at ${Date.now()}`);
const { steps } = await train({ config, run, resume: how === 'resume', progress: { show() {}, note, end() {} } });
process.stdout.write(JSON.stringify({ steps, engine: `${engine.backend} ${engine.tensorflow ?? ''}`.trim() }));

/** 'within': the checkpoint is written aside and has no name yet. 'after': it is there, and what comes next is not. */
function killAt(when: string, checkpoint: string): void {
  let named = false;
  injectWriteFault((operation, path) => {
    const naming = operation === 'rename' && path.endsWith(checkpoint);
    // TensorBoard's events and the metrics are written beside; what follows a checkpoint is a line of a log.
    if (when === 'within' ? naming : named && /(steps|evaluations)\.jsonl$/.test(path)) die();
    named ||= naming;
  });
}

function die(): never {
  for (;;) process.kill(process.pid, 'SIGKILL');
}

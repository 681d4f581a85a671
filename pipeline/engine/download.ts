import { join } from 'node:path';
import { EngineError } from '../errors.ts';
import { exists, list } from '../files/read.ts';
import { makeFolder, remove, writeFile } from '../files/write.ts';
import { lastLine, runCommand } from './command.ts';
import { requirements, type Release } from './release.ts';

const PIP =
  '-m pip download --require-hashes --no-deps --only-binary=:all: --no-cache-dir --disable-pip-version-check'.split(
    ' ',
  );
// Whatever Python runs pip: the wheels are those of CPython 3.11, of which only the C libraries are used.
const TAGS = ['manylinux_2_27', 'manylinux_2_25', 'manylinux_2_17', 'manylinux2014']
  .flatMap((tag) => ['--platform', `${tag}_x86_64`])
  .concat('--python-version', '3.11', '--implementation', 'cp');

// Members are read as a stream and checked against their CRC; the permissions a wheel states are kept.
const UNPACK = `
import os, re, sys, zipfile
wheel, into, keep = sys.argv[1:]
with zipfile.ZipFile(wheel) as z:
    members = [m for m in z.infolist() if re.fullmatch(keep, m.filename)]
    for m in members:
        os.chmod(z.extract(m, into), (m.external_attr >> 16) & 0o777 | 0o644)
sys.exit(0 if members else 'nothing in it is what is looked for')
`;

/**
 * Brings a release's wheels through pip, which checks their hashes, and unpacks into `folder` only what is kept of them.
 * @param local TensorFlow's wheel, already on this disk
 * @throws EngineError where pip cannot bring a wheel, or brings another than the pinned one
 */
export async function download(
  release: Release,
  folder: string,
  options: { python: string; local?: string; signal?: AbortSignal; show?: boolean },
): Promise<void> {
  const wheels = join(folder, 'wheels');
  const scratch = join(folder, 'scratch');
  await makeFolder(wheels);
  await makeFolder(scratch);
  const wanted = join(folder, 'requirements.txt');
  await writeFile(wanted, requirements(release, options.local));
  const pip = await runCommand(
    options.python,
    [...PIP, '--progress-bar', options.show ? 'on' : 'off', ...TAGS, '--dest', wheels, '--requirement', wanted],
    // pip leaves its scratch behind when it is killed: so that goes with the folder.
    { env: { ...process.env, TMPDIR: scratch }, signal: options.signal, show: options.show },
  );
  if (pip?.code !== 0) throw pipFault(pip?.stderr ?? 'python is gone', options.local);
  for (const wheel of await list(wheels)) {
    const member = release.wheels.find(({ name }) => wheel.name.startsWith(`${name.replaceAll('-', '_')}-`));
    const done = await runCommand(options.python, ['-c', UNPACK, wheel.path, folder, member?.keep ?? ''], {
      signal: options.signal,
    });
    if (done?.code !== 0)
      throw new EngineError(
        `${wheel.name} cannot be unpacked: ${lastLine(done?.stderr ?? '')}`,
        'Run `rxface engine install` again.',
      );
    await remove(wheel.path);
  }
  await remove(wheels);
  await remove(scratch);
  await remove(wanted);
  if (!(await exists(join(folder, 'tensorflow'))))
    throw new EngineError('the wheels hold no TensorFlow', 'Run `rxface engine install` again.');
}

function pipFault(stderr: string, local: string | undefined): EngineError {
  const what = local ?? 'the wheel that pip found';
  if (stderr.includes('DO NOT MATCH THE HASHES')) {
    const [, wanted, got] = /Expected sha256 (\w+)[^]*?Got +(\w+)/.exec(stderr) ?? [];
    return new EngineError(
      `${what} is not the pinned one: expected sha256 ${wanted}, received ${got}`,
      local === undefined
        ? 'Check which package index pip uses; nothing of the file was used.'
        : 'Give the wheel of the pinned version; nothing of the file was used.',
    );
  }
  if (stderr.includes('No space left on device'))
    return new EngineError('the disk is full', 'Free some, or set RXFACE_CACHE to a folder on another disk.');
  const errors = stderr.split('\n').filter((line) => line.startsWith('ERROR:'));
  return new EngineError(
    `pip could not bring ${local ?? 'TensorFlow'}: ${lastLine(errors.join('\n') || stderr).replace(/^ERROR: /, '')}`,
    'Check the network and pip, or give the wheel with --wheel FILE.',
  );
}

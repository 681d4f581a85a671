import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Release } from '../../../pipeline/engine/release.ts';

const SCRIPT = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    z.writestr('tensorflow/libtensorflow_cc.so.2', 'a library')
    z.writestr('tensorflow/python/big.py', 'not wanted')
    z.writestr('fake_flow-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: fake-flow\\nVersion: 1.0\\n')
    z.writestr('fake_flow-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    z.writestr('fake_flow-1.0.dist-info/RECORD', '')
`;

/** Whether this machine can make one and install it: Python with pip, and a compiler to be found. */
export function hasTools(): boolean {
  return (found ??= look());
}

let found: boolean | undefined;

function look(): boolean {
  try {
    for (const [command, ...args] of [
      ['python3', '-m', 'pip', '--version'],
      ['g++', '--version'],
    ] as const)
      execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A wheel of a few hundred bytes in `folder`, and the release that pins it. */
export function fakeWheel(folder: string): { file: string; release: Release } {
  const file = join(folder, 'fake_flow-1.0-py3-none-any.whl');
  execFileSync('python3', ['-c', SCRIPT, file]);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const wheel = { name: 'fake-flow', version: '1.0', bytes: statSync(file).size, sha256, keep: 'tensorflow/[^/]*' };
  return { file, release: { kind: 'fake', tensorflow: '1.0', unpackedBytes: 1_000, wheels: [wheel] } };
}

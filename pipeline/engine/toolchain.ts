/** What an installation needs of the machine: the platform, Python with pip, a C++ compiler. */
import { EngineError } from '../errors.ts';
import { runCommand } from './command.ts';

export interface Toolchain {
  /** Command that runs a Python 3 that has pip. */
  python: string;
  compiler: string;
}

/** This machine cannot install TensorFlow; what was built elsewhere may still run. */
export class ToolchainError extends EngineError {}

/** What works where TensorFlow's Linux wheels do not. */
export const PLATFORMS =
  'TensorFlow 2.21 installs on Linux x64 with glibc 2.27 or newer; macOS, Windows, musl and arm64 use the stock prebuilt of TensorFlow 2.9 where its host can be reached, else WebAssembly';

/** @throws ToolchainError where TensorFlow's wheels do not run */
export function checkPlatform(): void {
  const fault = platformFault();
  if (fault !== undefined) throw new ToolchainError(fault, `${PLATFORMS}.`);
}

/** What keeps this platform from the wheels; undefined where they run. */
function platformFault(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `this is ${process.platform} ${process.arch}`;
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  if (header.glibcVersionRuntime === undefined) return 'this Linux has musl in the place of glibc';
  const [major = 0, minor = 0] = header.glibcVersionRuntime.split('.').map(Number);
  return major > 2 || minor >= 27 ? undefined : `glibc ${header.glibcVersionRuntime} is older than 2.27`;
}

const NO_PIP = 3;
const PYTHON_CHECK = `
import sys, importlib.util
sys.exit(1 if sys.version_info < (3, 8) else 0 if importlib.util.find_spec('pip') else ${NO_PIP})
`;

/**
 * Finds the tools.
 * @throws ToolchainError that names every one that is missing
 */
export async function findToolchain(): Promise<Toolchain> {
  const missing: string[] = [];
  const cures: string[] = [];
  let python: string | undefined;
  let seen = false;
  for (const name of ['python3', 'python']) {
    const code = (await runCommand(name, ['-c', PYTHON_CHECK]))?.code;
    seen ||= code === NO_PIP;
    if (code !== 0) continue;
    python = name;
    break;
  }
  if (python === undefined) {
    missing.push(seen ? 'pip' : 'Python 3');
    cures.push(seen ? 'python3-pip' : 'python3, python3-pip');
  }
  const compiler = await findCompiler();
  if (compiler === undefined) {
    missing.push('a C++ compiler');
    cures.push('g++');
  }
  if (python === undefined || compiler === undefined)
    throw new ToolchainError(
      `${missing.join(' and ')} cannot be found on PATH`,
      `Install ${cures.join(', ')} (apt-get install ${cures.join(' ').replaceAll(',', '')}), then run \`rxface engine install\`.`,
    );
  return { python, compiler };
}

/** Command of a C++ compiler; undefined where there is none. */
export async function findCompiler(): Promise<string | undefined> {
  for (const name of [process.env['CXX'] ?? 'g++', 'c++', 'clang++']) {
    if ((await runCommand(name, ['--version']))?.code === 0) return name;
  }
  return undefined;
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { engineCommand } from '../../../pipeline/cli/engine.ts';
import { createProgram, runProgram } from '../../../pipeline/cli/program.ts';
import { scratchFolder } from '../files/scratch.ts';

const { path } = scratchFolder();
let out: string;
let err: string;

beforeEach(() => {
  out = err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
  vi.stubEnv('RXFACE_CACHE', path('cache'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const run = (...args: string[]): Promise<number> => {
  const program = createProgram('0.0.0');
  engineCommand(program);
  return runProgram(program, ['engine', ...args]);
};

describe('rxface engine', () => {
  it('prints exactly one JSON object', async () => {
    expect(await run('--json')).toBe(0);
    const engine = JSON.parse(out) as Record<string, unknown>;
    expect(Object.keys(engine)).toEqual(['backend', 'tensorflow', 'devices', 'reason']);
    expect(['native', 'wasm', 'cpu']).toContain(engine['backend']);
    expect(err).toBe('');
  });

  it('reports to people, with the cure', async () => {
    vi.stubEnv('RXFACE_ENGINE', 'wasm');
    expect(await run()).toBe(0);
    expect(out).toMatch(
      /^backend +wasm\nwhy +asked for\nversions +tfjs 4.*\ndevices .*\nspeed +[\d.]+ GFLOPS .*\ncure /,
    );
  });

  it('ensures what was asked for', async () => {
    vi.stubEnv('RXFACE_ENGINE', 'wasm');
    expect(await run('ensure')).toBe(0);
    expect(out).toMatch(/^engine: wasm on .* \(asked for\)\n$/);
  });

  it('has nothing to remove from an empty cache', async () => {
    expect(await run('remove')).toBe(0);
    expect(out).toBe('nothing was installed\n');
  });

  it('fails to install without tools, saying which', async () => {
    vi.stubEnv('PATH', path());
    vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')));
    expect(await run('install')).toBe(1);
    expect(err).toMatch(/^engine: .*cannot be found on PATH.*\nrxface: the stock prebuilt cannot be reached/);
  });
});

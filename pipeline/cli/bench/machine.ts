import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { startEngine } from '../../engine/load.ts';
import { exists, readText } from '../../files/read.ts';

/** Where and with what was measured. */
export interface Machine {
  processor: string;
  threads: number;
  memoryBytes: number;
  /** Instruction sets that decide how fast it multiplies, as Linux names them; empty where it does not say. */
  instructions: string[];
  system: string;
  node: string;
  engine: string;
  tensorflow: string | null;
}

const TELLING = ['avx2', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_bf16'];

/** This machine, with the engine that runs on it: starts it. */
export async function thisMachine(): Promise<Machine> {
  const { backend, tensorflow } = await startEngine();
  const flags = (await exists('/proc/cpuinfo')) ? new Set((await readText('/proc/cpuinfo')).split(/\s+/)) : new Set();
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    instructions: TELLING.filter((name) => flags.has(name)),
    system: `${platform()} ${arch()}`,
    node: process.versions.node,
    engine: backend,
    tensorflow,
  };
}

/** A line for people. */
export function machineText({ processor, threads, memoryBytes, instructions, ...versions }: Machine): string {
  const { system, node, engine, tensorflow } = versions;
  const memory = `${Math.round(memoryBytes / 1e9)} GB`;
  return [
    `${processor}${instructions.length > 0 ? ` (${instructions.join(', ')})` : ''}, ${threads} threads, ${memory}, ${system}`,
    `Node ${node}, engine ${engine}${tensorflow === null ? '' : `, TensorFlow ${tensorflow}`}`,
  ].join('\n');
}

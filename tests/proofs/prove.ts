import { appendFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { holds, type Finding } from './finding.ts';

/** A proof that takes too long for every run of the tests; these run a short form of it. */
export interface Proof {
  /** What it proves, in a sentence. */
  claim: string;
  run(say: (line: string) => void): Promise<Proven>;
}

export interface Proven {
  findings: Finding[];
  /** Figures without a reference: 'flip: 0.02 ms an image'. */
  notes?: string[];
}

/** By name; each is loaded when it is asked for. */
const PROOFS: Record<string, () => Promise<Proof>> = {
  augment: async () => (await import('./augmentProof.ts')).augmentProof,
  tinyFace: async () => (await import('./tinyFaceProof.ts')).tinyFaceProof,
  spine: async () => (await import('./spineProof.ts')).spineProof,
  precision: async () => (await import('./precisionProof.ts')).precisionProof,
  meta: async () => (await import('./metaProof.ts')).metaProof,
  resume: async () => (await import('./resumeProof.ts')).resumeProof,
  embed: async () => (await import('./embedProof.ts')).embedProof,
};

/** Where every proof that ran leaves its figures. */
const LOG = 'tests/PROOFS.md';

/** Runs the proofs named, all if none is; true if every figure holds. */
export async function prove(names: readonly string[], log = LOG): Promise<boolean> {
  const unknown = names.find((name) => !(name in PROOFS));
  if (unknown !== undefined) {
    process.stderr.write(`prove: no proof '${unknown}'; there are ${Object.keys(PROOFS).join(', ')}\n`);
    return false;
  }
  let all = true;
  for (const name of names.length > 0 ? names : Object.keys(PROOFS)) {
    const { claim, run } = await PROOFS[name]!();
    const began = performance.now();
    const proven = await run((line) => process.stderr.write(`${name}: ${line}\n`));
    const seconds = (performance.now() - began) / 1000;
    const text = report(name, claim, proven, seconds);
    process.stdout.write(text);
    appendFileSync(log, text);
    all &&= proven.findings.every(holds);
  }
  return all;
}

/** A section of the log: command, date, machine, verdict and figures. */
export function report(name: string, claim: string, { findings, notes = [] }: Proven, seconds: number): string {
  const [cpu, ...others] = cpus();
  const kept = findings.filter(holds).length;
  const rows = findings.map((one) => {
    const { what, expected, measured, sigma } = one;
    const off = sigma === 0 ? '' : ((measured - expected) / sigma).toFixed(2);
    return `| ${what} | ${figure(expected)} | ${figure(measured)} | ${figure(sigma)} | ${off}${holds(one) ? '' : ' FAILS'} |`;
  });
  return [
    '',
    `## ${name}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    '',
    claim,
    '',
    `\`npm run prove ${name}\`, ${seconds.toFixed(0)} s; ${cpu?.model ?? 'unknown processor'}, ${others.length + 1} cores, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}. **${kept} of ${findings.length} figures hold.**`,
    '',
    '| Figure | Reference | Measured | Sigma | Off by (sigma) |',
    '| --- | --: | --: | --: | --: |',
    ...rows,
    '',
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

/** Four digits; what is left of a sum that cancels is 0. */
function figure(value: number): string {
  return Math.abs(value) < 1e-12 ? '0' : String(Number(value.toPrecision(4)));
}

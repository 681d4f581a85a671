import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../../pipeline/engine/load.ts';
import { createProgress } from '../../pipeline/progress.ts';
import { OnnxModel } from '../../operators/net/onnxModel.ts';
import { drop, dropList } from '../../sources/drop.ts';
import { openSource } from '../../sources/openSource.ts';
import type { Finding } from './finding.ts';
import type { Proof } from './prove.ts';
import { RANKS, tinyFaceRanks } from './tinyFace.ts';
import { writeTinyFaceSet } from './tinyFaceSet.ts';

const DATA = '../shared/data';
const SIDE = 20;
const MODELS: [name: string, input?: string][] = [['mobilefacenet_insightface_y1'], ['mobilefacenet_foamliu', 'rgb:imagenet']]; // prettier-ignore

/** The long form of tinyFace.test.ts: on photographs, with two recognisers from elsewhere. Needs onnxruntime-node and the data beside. */
export const tinyFaceProof: Proof = {
  claim:
    'LFW as TinyFace: of everybody with two photographs one is in the gallery and one is the probe, as it is and brought down to ' +
    `${SIDE} pixels; CelebA, FairFace and CFP, less the people they share with other sets, are distractors. Ranks counted while the gallery ` +
    'streams in are those of the whole table.',
  async run(say) {
    await startEngine();
    const root = mkdtempSync(join(tmpdir(), 'rxface-tinyface-'));
    try {
      // CFP's people are written '108 Cobie Smulders' there, and '108' in the archive.
      const shared = async (set: string): Promise<string[]> =>
        (await dropList(join(DATA, 'identity_overlap.csv'), set)).map((name) => name.split(' ')[0]!);
      const strangers = [
        drop(await openSource(join(DATA, 'celeba299/celeba112.tar.gz')), await shared('celeba')),
        drop(await openSource(join(DATA, 'cfp112/cfp112.tar.gz')), await shared('cfp')),
        await openSource(join(DATA, 'fairface_val/fairface112.tar.gz')),
      ];
      const set = await writeTinyFaceSet(root, await openSource(join(DATA, 'lfw112/lfw112.tar.gz')), strangers, SIDE);
      say(`${set.people} people, ${set.distractors} distractors`);
      const notes = [`${set.people} probes and matches, ${set.distractors} distractors`];
      const findings: Finding[] = [];
      for (const [name, input] of MODELS) {
        const model = await OnnxModel.open(join(DATA, 'models', `${name}.onnx`), input);
        for (const { kind, probes, streamed, table } of await tinyFaceRanks(root, model, createProgress())) {
          findings.push({ what: `${name}, ${kind} probes`, expected: set.people, measured: probes, sigma: 0 });
          RANKS.forEach((k, i) => findings.push({ what: `${name}, ${kind}: hits within ${k}`, expected: table[i]!, measured: streamed[i]!, sigma: 0 })); // prettier-ignore
          const rates = RANKS.map((k, i) => `rank-${k} ${((100 * streamed[i]!) / probes).toFixed(2)} %`);
          notes.push(`${name}, ${kind === 'tiny' ? `${SIDE} pixels` : 'as they are'}: ${rates.join(', ')}`);
          say(notes.at(-1)!);
        }
        model.dispose();
      }
      return { findings, notes };
    } finally {
      rmSync(root, { recursive: true });
    }
  },
};

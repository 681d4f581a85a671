import { createHash } from 'node:crypto';
import { getBackend } from '@tensorflow/tfjs-core';
import { OnnxModel, type Embedder } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { sha256 } from '../manifest.ts';

/** What tells a source from another: which images of whom it has, in which order and where. */
export function fingerprint(faces: IndexedSource): string {
  const hash = createHash('sha256').update(JSON.stringify(faces.classes));
  faces.labels.forEach((label, i) => hash.update(`\n${label} ${faces.place(i).offset ?? ''} ${faces.id(i)}`));
  return `${faces.length} images of ${faces.name}, sha256 ${hash.digest('hex').slice(0, 16)}`;
}

/** What tells one embedder from another: its network, its weights and what computes it. */
export function modelFingerprint(model: Embedder): string {
  if (model instanceof OnnxModel) return `${model.sha256}, ${JSON.stringify(model.input)}`;
  const hash = createHash('sha256').update(JSON.stringify(model.architecture));
  for (const [name, tensor] of Object.entries(model.params)) hash.update(name).update(sha256(bytes(tensor.dataSync())));
  return `${hash.digest('hex').slice(0, 16)}, ${model.precision} on ${getBackend()}`;
}

function bytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

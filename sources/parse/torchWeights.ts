import { decodeTorch, TorchTensor } from '../../pipeline/bytes/torchFile.ts';
import type { StateMap } from '../../pipeline/contracts.ts';
import { FormatError } from '../../pipeline/errors.ts';

/** Where trainers put the weights in what they save: Lightning and MagFace, insightface. */
const PLACES = ['state_dict', 'state_dict_backbone'];

/**
 * The weights in a file of torch.save: tensors by name, alone or beside what else a training keeps.
 *
 * Only these are read: momentum and the like of a training checkpoint stay where they are.
 *
 * @param file name for messages
 * @throws FormatError where it is damaged, calls anything (see `decodeTorch`), or holds no tensors by name
 */
export function parseTorchWeights(bytes: Uint8Array, file: string): StateMap {
  const value = decodeTorch(bytes, file);
  const nested = PLACES.map((place) => (value instanceof Map ? value.get(place) : undefined));
  const found = [...nested, value].find(isStateDict);
  if (found === undefined) {
    const keys = value instanceof Map ? [...value.keys()].slice(0, 5).join(', ') : typeof value;
    throw new FormatError(file, undefined, `tensors by name, alone or as ${PLACES.join(' or ')}`, keys);
  }
  const tensors = [...found].filter((entry): entry is [string, TorchTensor] => entry[1] instanceof TorchTensor);
  return Object.fromEntries(tensors.map(([name, tensor]) => [name, tensor.read()]));
}

function isStateDict(value: unknown): value is Map<string, unknown> {
  if (!(value instanceof Map)) return false;
  const entries = [...value];
  return entries.every(([key]) => typeof key === 'string') && entries.some(([, item]) => item instanceof TorchTensor);
}

import { OptionError, RxfaceError } from '../pipeline/errors.ts';
import type { Sample } from '../pipeline/items.ts';
import type { Result, Work, WorkContext } from '../pipeline/work.ts';
import { damageOf, loadDecoder } from './image/decode.ts';

/**
 * Decodes faces only to see whether they can be.
 *
 * In plain words: what `prepare` would find broken in the middle of a training is found now, by the same decoder, and named.
 *
 * ```ts
 * graph('verify')
 *   .source('faces', shards('data/train'))
 *   .pipe('verify', workers('rxface/operators/verify', { threads: 2 }))
 *   .sink('broken', toJsonl('broken.jsonl')); // gets every sample, without its image; `damage` says what is wrong with it
 * ```
 *
 * Nothing becomes a fault here and nothing has a substitute: whoever asks wants to hear of every record.
 *
 * @param options None are known.
 * @return Works on a chunk; a result for each sample, its image left out.
 * @throws OptionError for any option
 */
export async function setup(
  options: Readonly<Record<string, unknown>>,
  context: WorkContext,
): Promise<Work<Sample, Sample>> {
  const [stray] = Object.entries(options);
  if (stray !== undefined) throw new OptionError(context.stage, stray[0], 'left out: none are known', stray[1]);
  const decode = await loadDecoder();
  const one = async ({ bytes, pixels, ...rest }: Sample): Promise<Result<Sample>> => {
    // What is damaged has been found so already; pixels need no decoder.
    if (rest.damage !== undefined || pixels !== undefined) return { value: rest };
    try {
      if (bytes === undefined) throw new RxfaceError('has no image');
      await decode(bytes);
      return { value: rest };
    } catch (error) {
      return { value: { ...rest, damage: damageOf(error) } };
    }
  };
  return (chunk) => Promise.all(chunk.map(one));
}

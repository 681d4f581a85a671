import { Packr } from 'msgpackr';

/** What is written: no date, no class, no extension type, so that any reader of msgpack understands it. */
export type Packable =
  null | boolean | number | string | Uint8Array | readonly Packable[] | { [key: string]: Packable };

const packr = new Packr({
  // Plain maps with heads as short as can be: the same value always gives the same bytes.
  useRecords: false,
  variableMapSize: true,
  useFloat32: 0,
  moreTypes: false,
  int64AsType: 'number',
});

/** A value as standard msgpack; equal values (also in the order of their keys) give equal bytes. */
export function packMsgpack(value: Packable): Uint8Array {
  return packr.pack(value);
}

/**
 * The value in these bytes, all of them; undefined where they are no msgpack. Binary values are views of `bytes`.
 *
 * What an extension stands for is not looked at: whoever reads checks the kinds it expects.
 */
export function unpackMsgpack(bytes: Uint8Array): unknown {
  try {
    return packr.unpack(bytes) as unknown;
  } catch {
    return undefined;
  }
}

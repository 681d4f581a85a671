/** Items ready to cross to another thread, and the buffers that go with them instead of being copied. */
export interface Parcel<T> {
  items: T[];
  transfer: ArrayBuffer[];
}

/**
 * Packs items for another thread. Typed arrays they hold directly travel as buffers.
 *
 * @param keep the sender goes on using the items, so their arrays are copied first. Else an array that fills its buffer
 *   is handed over and empty here afterwards; a view of a larger buffer is copied, so that its neighbours do not travel.
 */
export function parcel<T>(items: readonly T[], keep: boolean): Parcel<T> {
  const transfer = new Set<ArrayBuffer>();
  return { items: items.map((item) => pack(item, keep, transfer) as T), transfer: [...transfer] };
}

function pack(item: unknown, keep: boolean, transfer: Set<ArrayBuffer>): unknown {
  if (ArrayBuffer.isView(item)) return hand(item, keep, transfer);
  // Only a plain object may be taken apart: an array, a Map or a Date is cloned as it is.
  if (typeof item !== 'object' || item === null || Object.getPrototypeOf(item) !== Object.prototype) return item;
  const packed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item))
    packed[name] = ArrayBuffer.isView(value) ? hand(value, keep, transfer) : value;
  return packed;
}

function hand(view: ArrayBufferView, keep: boolean, transfer: Set<ArrayBuffer>): ArrayBufferView {
  if (!isArray(view)) return view;
  const whole = view.byteLength === view.buffer.byteLength && view.buffer instanceof ArrayBuffer;
  // Buffer.prototype.slice would give a view of the same memory: a plain Uint8Array copies.
  const sent = whole && !keep ? view : Buffer.isBuffer(view) ? Uint8Array.prototype.slice.call(view) : view.slice();
  if (sent.buffer instanceof ArrayBuffer) transfer.add(sent.buffer);
  return sent;
}

function isArray(view: ArrayBufferView): view is Uint8Array {
  return !(view instanceof DataView);
}

import { unset } from './bytes/memory.ts';

/** Items ready to cross to another thread, and the buffers that go with them instead of being copied. */
export interface Parcel<T> {
  items: T[];
  transfer: ArrayBuffer[];
}

/** How an array becomes the one that travels; `transfer` grows with what was swapped. */
interface Packing {
  swap(array: Uint8Array): Uint8Array;
  transfer: Set<ArrayBuffer>;
}

/** So that any typed array may begin there. */
const ALIGNMENT = 8;

/**
 * Packs items for another thread. Typed arrays they hold directly travel as buffers, as few as can be: what one costs is
 * more than what is in it.
 *
 * @param keep the sender goes on using the items, so all their arrays are copied, into one buffer. Else a buffer that the
 *   arrays of the items fill is handed over, and is empty here afterwards; an array in a larger buffer is copied, so that
 *   its neighbours do not travel.
 */
export function parcel<T>(items: readonly T[], keep: boolean): Parcel<T> {
  const arrays = items.flatMap(arraysOf);
  const { swap, transfer } = keep ? copied(arrays) : handedOver(arrays);
  const packed = items.map((item) => replaced(item, swap) as T);
  return { items: packed, transfer: [...transfer] };
}

/** Only a plain object may be taken apart: an array, a Map or a Date is cloned as it is. */
function isPlain(item: unknown): item is Record<string, unknown> {
  return typeof item === 'object' && item !== null && Object.getPrototypeOf(item) === Object.prototype;
}

function isArray(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function arraysOf(item: unknown): Uint8Array[] {
  if (isArray(item)) return [item];
  return isPlain(item) ? Object.values(item).filter(isArray) : [];
}

function replaced(item: unknown, swap: Packing['swap']): unknown {
  if (isArray(item)) return swap(item);
  if (!isPlain(item)) return item;
  const packed: Record<string, unknown> = {};
  for (const name in item) packed[name] = isArray(item[name]) ? swap(item[name]) : item[name];
  return packed;
}

function copied(arrays: readonly Uint8Array[]): Packing {
  const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  const buffer = unset(arrays.reduce((sum, { byteLength }) => sum + aligned(byteLength), 0));
  let at = 0;
  const swap = (array: Uint8Array): Uint8Array => {
    const copy = sameKind(array, buffer, at);
    copy.set(array);
    at += aligned(array.byteLength);
    return copy;
  };
  return { swap, transfer: new Set(buffer.byteLength === 0 ? [] : [buffer]) };
}

/** What Node calls a Buffer arrives as the Uint8Array that it is. */
function sameKind(array: Uint8Array, buffer: ArrayBuffer, at: number): Uint8Array {
  if (Buffer.isBuffer(array)) return new Uint8Array(buffer, at, array.length);
  return new (array.constructor as Uint8ArrayConstructor)(buffer, at, array.length);
}

function handedOver(arrays: readonly Uint8Array[]): Packing {
  const byBuffer = new Map<ArrayBufferLike, Uint8Array[]>();
  for (const array of arrays) {
    const beside = byBuffer.get(array.buffer);
    if (beside) beside.push(array);
    else byBuffer.set(array.buffer, [array]);
  }
  const transfer = new Set<ArrayBuffer>();
  for (const [buffer, own] of byBuffer) if (buffer instanceof ArrayBuffer && fill(own, buffer)) transfer.add(buffer);
  const swap = (array: Uint8Array): Uint8Array => {
    if (transfer.has(array.buffer as ArrayBuffer)) return array;
    const alone = unset(array.byteLength);
    const copy = sameKind(array, alone, 0);
    copy.set(array);
    transfer.add(alone);
    return copy;
  };
  return { swap, transfer };
}

/** Whether every byte of the buffer is one of these arrays'. */
function fill(arrays: Uint8Array[], buffer: ArrayBuffer): boolean {
  let end = 0;
  for (const { byteOffset, byteLength } of arrays.toSorted((a, b) => a.byteOffset - b.byteOffset)) {
    if (byteOffset > end) return false;
    end = Math.max(end, byteOffset + byteLength);
  }
  return end === buffer.byteLength;
}

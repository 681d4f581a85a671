import type { Fault } from './contracts.ts';
import type { Sample } from './items.ts';

/** An item as an error line names it: by its id, its place in the epoch, its number; undefined where it has none of these. */
export function describe(item: unknown): string | undefined {
  if (typeof item === 'number' || typeof item === 'string') return `item ${JSON.stringify(item)}`;
  if (typeof item !== 'object' || item === null) return undefined;
  const { id, epoch, position, step } = item as Record<string, unknown>;
  const place =
    typeof epoch !== 'number'
      ? undefined
      : typeof step === 'number'
        ? `epoch ${epoch}, step ${step}`
        : typeof position === 'number'
          ? `epoch ${epoch}, position ${position}`
          : undefined;
  if (typeof id !== 'string') return place;
  return place === undefined ? `'${id}'` : `'${id}' (${place})`;
}

/** A fault as an error line shows it: where, and why. */
export function describeFault({ file, offset, reason }: Pick<Fault, 'file' | 'offset' | 'reason'>): string {
  return `${file}${offset === undefined ? '' : `, byte ${offset}`}: ${reason}`;
}

/** A fault as a listing has it: of the source, whoever met it. */
export function withoutStage(fault: Fault): Omit<Fault, 'stage'> {
  const { stage: _, ...rest } = fault;
  return rest;
}

/** The fault of a stage at an item, with what the item says of its place. */
export function faultAt(stage: string, item: unknown, reason: string): Fault {
  const { id, index, epoch, position } = (typeof item === 'object' && item !== null ? item : {}) as Partial<Sample>;
  return {
    stage,
    file: id ?? describe(item) ?? stage,
    ...(index !== undefined && { index }),
    ...(epoch !== undefined && position !== undefined && { epoch, position }),
    reason,
  };
}

/** Bytes an item keeps alive: the typed arrays it holds itself, or those in an array of items. */
export function sizeOf(item: unknown): number {
  if (typeof item !== 'object' || item === null) return 0;
  if (ArrayBuffer.isView(item)) return item.byteLength;
  let bytes = 0;
  for (const value of Object.values(item)) {
    if (ArrayBuffer.isView(value)) bytes += value.byteLength;
    else if (Array.isArray(item)) bytes += sizeOf(value);
  }
  return bytes;
}

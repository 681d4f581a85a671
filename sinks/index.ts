export { toCheckpoints, writeCheckpoint, type CheckpointOptions } from './checkpoints.ts';
export { toConsole, type ConsoleOptions } from './console.ts';
export { inOrder } from './inOrder.ts';
export { jsonLine, toJsonl } from './jsonLines.ts';
export { toNpy } from './npy.ts';

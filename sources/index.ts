export { readNewestCheckpoint, readWeights, type Checkpoint, type Weights } from './checkpoint.ts';
export { concat } from './concat.ts';
export { drop, dropList } from './drop.ts';
export { imageFolder } from './imageFolder.ts';
export { indexed, type Index, type IndexedSource } from './indexed.ts';
export { landmarks } from './landmarks.ts';
export { openSource, type SourceOptions } from './openSource.ts';
export { recordIO } from './recordIO.ts';
export { tar } from './tar.ts';

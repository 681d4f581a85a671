// Loops over pixels for the vector unit, in AssemblyScript: compiled to dist/operators/image/pixels.wasm, called through ../vector.ts.
// Pointers are bytes of the module's memory; buffers have 16 bytes behind them that may be read and overwritten.
export { blendGrey, blendLuma, lumaSum } from './blend';
export { flip } from './flip';
export { resizeArea } from './resizeArea';
export { resizeSeparable } from './resizeSeparable';

/** As much of WebAssembly's interface as is used here; TypeScript has it only among the browser's. */
declare namespace WebAssembly {
  interface Memory {
    /** A new one after every `grow`. */
    readonly buffer: ArrayBuffer;
    /** @param pages of 64 KiB */
    grow(pages: number): number;
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: Instance }>;
}

/** The part of the WebAssembly API that the kernels use; TypeScript ships it only with the browser's types. */
declare namespace WebAssembly {
	class Memory {
		constructor(limits: { initial: number; maximum: number; shared?: boolean });
		readonly buffer: ArrayBuffer;
		grow(pages: number): number;
	}
	class Module {
		constructor(bytes: Uint8Array);
	}
	class Instance {
		constructor(module: Module, imports: { env: { memory: Memory } });
		readonly exports: object;
	}
}

import { findPackageJSON } from 'node:module';
import { KnowhowError } from '../core/error.ts';

/** A package that runs model files on this machine; too large to be brought along, so its user installs it. */
export type LocalPackage = {
	readonly name: 'node-llama-cpp' | '@huggingface/transformers';
	/** What it runs, for messages. */
	readonly runs: string;
	/** Exactly what to type. */
	readonly install: string;
	readonly load: () => Promise<unknown>;
};

export const llamaPackage: LocalPackage = {
	name: 'node-llama-cpp',
	runs: 'GGUF models',
	install: 'npm install node-llama-cpp@3.22.1',
	load: async () => await import('node-llama-cpp'),
};

/** Without the variable its installation fetches GPU libraries and fails where that is not possible. */
export const transformersPackage: LocalPackage = {
	name: '@huggingface/transformers',
	runs: 'ONNX models',
	install: 'ONNXRUNTIME_NODE_INSTALL=skip npm install @huggingface/transformers@4.3.1',
	load: async () => await import('@huggingface/transformers'),
};

/** Imports a package when it is first needed. Throws `not_found` with the line that installs it. */
export async function importLocal({ name, runs, install, load }: LocalPackage): Promise<unknown> {
	try {
		return await load();
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
		throw new KnowhowError('not_found', `${runs} need the package ${name}, which is not installed.`, { hint: install });
	}
}

/** Whether it is installed where Knowhow would find it. */
export function isInstalled({ name }: LocalPackage): boolean {
	try {
		return findPackageJSON(name, import.meta.url) !== undefined;
	} catch {
		return false;
	}
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** `npm run dev` beside `knowhow serve`: pages reload as they change, and the API is the server's. */
const server = 'http://127.0.0.1:3210';

/** What the PDF viewer fetches by name, for some PDFs only: East Asian character maps (ingestion reads them, too), decoders of scans and colours. */
const pdfParts: Plugin = {
	name: 'pdf-parts',
	apply: 'build',
	generateBundle() {
		const root = dirname(fileURLToPath(import.meta.resolve('pdfjs-dist/package.json')));
		const paths = ['cmaps', 'wasm'].flatMap((folder) =>
			readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
		);
		for (const path of paths.filter((path) => !/quickjs|_nowasm_/i.test(path))) {
			this.emitFile({ type: 'asset', fileName: `pdf/${path}`, source: readFileSync(join(root, path)) });
		}
	},
};

export default defineConfig({
	root: import.meta.dirname,
	plugins: [react(), pdfParts],
	build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', reportCompressedSize: false },
	css: { transformer: 'lightningcss' },
	server: { proxy: { '/api': server, '/v1': server } },
});

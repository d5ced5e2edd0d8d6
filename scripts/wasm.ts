/** Compiles every .wat file under src/ to a `*.wasm.ts` beside it that holds the bytes as base64. Run by `npm run wasm`; the output is committed. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import wabt from 'wabt';

const compiler = await wabt();
for (const path of globSync('src/**/*.wat')) {
	const module = compiler.parseWat(path, readFileSync(path, 'utf8'), { simd: true, threads: true });
	const { buffer } = module.toBinary({});
	const text = `// Made from ${basename(path)} by \`npm run wasm\`; ${buffer.length} bytes.\nexport default '${Buffer.from(buffer).toString('base64')}';\n`;
	writeFileSync(path.replace(/\.wat$/, '.wasm.ts'), text);
	process.stdout.write(`${path}: ${buffer.length} bytes\n`);
}

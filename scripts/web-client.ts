import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from '../src/project/open.ts';
import { allRoutes } from '../src/serve/routes.ts';

/** The types of the web app's client, made from the OpenAPI document of the server. */
export async function webClientTypes(): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'knowhow-openapi-'));
	try {
		const [input, output] = [join(folder, 'openapi.json'), join(folder, 'schema.d.ts')];
		writeFileSync(input, JSON.stringify(await openApiDocument(folder)));
		const generator = 'web/node_modules/openapi-typescript/bin/cli.js';
		execFileSync(process.execPath, [generator, input, '--output', output, '--default-non-nullable', 'false'], {
			stdio: 'pipe',
		});
		return readFileSync(output, 'utf8');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function openApiDocument(folder: string): Promise<object> {
	await using knowhow = await open(folder, { env: {} });
	const routes = allRoutes(knowhow, { isReady: () => true, version: '0' });
	const route = routes.find(({ path }) => path === '/openapi.json');
	return await route!.handle({} as never);
}

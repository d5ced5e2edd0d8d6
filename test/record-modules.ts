/** With `node --import` this writes the URL of every module that the program loads to the file that RECORD_MODULES names. */
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const file = process.env['RECORD_MODULES'] as string;

registerHooks({
	resolve: (specifier, context, next) => {
		const found = next(specifier, context);
		appendFileSync(file, `${found.url}\n`);
		return found;
	},
});

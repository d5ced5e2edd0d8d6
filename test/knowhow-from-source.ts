/** With `node --import` this lets a program that imports `knowhow` run on the sources, as if the package were installed. */
import { registerHooks } from 'node:module';

const source = new URL('../src/index.ts', import.meta.url).href;

registerHooks({
	resolve: (specifier, context, next) =>
		specifier === 'knowhow' ? { url: source, shortCircuit: true } : next(specifier, context),
});

import { KnowhowError } from '../../core/error.ts';
import type { RoutedSpec } from '../../core/system.ts';
import { nearest } from '../nearest.ts';
import { openRouter } from '../trained/classify.ts';

/**
 * Holds the classes of a routed system against those that its router knows, for no question would ever come to another one. A router
 * that was not trained here is brought by a program and does not say what it knows. Throws `invalid_argument`, for a model that is no
 * router too.
 */
export async function checkRoutes(folder: string, { router, systems }: RoutedSpec): Promise<void> {
	const labels = await labelsOf(folder, router);
	if (labels === null) return;
	const unknown = Object.keys(systems).find((label) => !labels.includes(label));
	if (unknown === undefined) return;
	const suggestion = nearest(unknown, labels);
	throw new KnowhowError('invalid_argument', `${router} knows no class "${unknown}".`, {
		hint: suggestion === null ? `It knows: ${labels.join(', ')}.` : `Did you mean "${suggestion}"?`,
	});
}

async function labelsOf(folder: string, router: string): Promise<readonly string[] | null> {
	try {
		return (await openRouter(folder, router)).labels;
	} catch (error) {
		if (error instanceof KnowhowError && error.code === 'not_found') return null;
		throw error;
	}
}

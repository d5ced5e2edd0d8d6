import { z } from 'zod';

/**
 * A parameter that would change what an answer is, of which only the usual values are taken: those that ask for nothing that is
 * not done. Any other is `unsupported_parameter`, and `message` says what is done.
 */
export function onlyUsual(usual: z.ZodType, message: string): z.ZodType {
	const { $schema: _, ...json } = z.toJSONSchema(usual, { io: 'input' });
	const isUsual = (value: unknown) => usual.safeParse(value).success;
	const checked = z.unknown().superRefine((value, context) => {
		if (isUsual(value)) return;
		context.addIssue({ code: 'custom', message, params: { code: 'unsupported_parameter' } });
	});
	return (isUsual(undefined) ? checked.optional() : checked).meta(json);
}

import { z } from 'zod';

/** OpenAI's limits of what is attached to an object. */
const most = 16;

/** Keys of at most 64 characters with values, at most 16 of them. What could not be kept as it was sent is refused. */
export function pairsOf<T extends z.ZodType>(value: T) {
	const record = z.record(z.string().min(1).max(64), value);
	const { $schema: _, ...json } = z.toJSONSchema(record, { io: 'input' });
	const counted = z.unknown().superRefine((given, context) => {
		const keys = typeof given === 'object' && given !== null ? Object.keys(given) : [];
		if (keys.length > most) context.addIssue({ code: 'custom', message: `At most ${most} pairs` });
		if (keys.includes('__proto__')) context.addIssue({ code: 'custom', message: 'The key "__proto__" cannot be kept' });
	});
	return counted.pipe(record).meta({ ...json, maxProperties: most });
}

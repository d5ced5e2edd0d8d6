import type { Share, SystemRatings } from '../../project/interactions/feedback.ts';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';

export const feedback = defineCommand({
	describe:
		'Rates a kept answer, says what the right answer is, or which of its citations do answer the question; what is not given stays as it was. Without an answer it prints, for each version of a system, how many answers were rated and which share was good, with 95 % intervals, and whether that changes.',
	arguments: [{ name: 'ANSWER', describe: 'The id of an answer, as `knowhow history` prints it.', isOptional: true }],
	options: {
		up: { type: 'boolean', describe: 'The answer is right.' },
		down: { type: 'boolean', describe: 'The answer is wrong or does not help.' },
		correction: { type: 'string', value: 'TEXT', describe: 'What the right answer is.' },
		accept: {
			type: 'strings',
			value: 'N',
			describe: 'The number of a citation that does answer the question; repeat it for several.',
		},
	},
	collections: 'none',
	examples: [
		{ command: 'knowhow feedback', describe: 'How the answers were taken' },
		{
			command: 'knowhow feedback int_01hzy3v9k2m4n6p8q0r2s4t6v8 --down --correction "45 days"',
			describe: 'Say what is right',
		},
	],
	run: async (call) => {
		const [id] = call.arguments;
		const { up, down, correction, accept } = call.options;
		if (up && down) throw misuse('An answer is rated --up or --down.');
		await using knowhow = await openProject(call);
		if (id === undefined) {
			if (up || down || correction !== undefined || accept.length > 0) {
				throw misuse('Which answer?', 'Name its id, as `knowhow history` prints it.');
			}
			const systems = await knowhow.ratings();
			return { json: { systems }, text: ratingsText(systems) };
		}
		const { feedback: kept, question } = await knowhow.feedback(id, {
			rating: up ? 'up' : down ? 'down' : undefined,
			correction,
			accepted: accept.length > 0 ? accept.map((given) => `[${given.replace(/^\[?(.*?)\]?$/, '$1')}]`) : undefined,
		});
		return { json: { interaction: id, feedback: kept }, text: `Kept. ${question}` };
	},
});

function ratingsText(systems: readonly SystemRatings[]): string {
	if (systems.length === 0) return 'No answer is kept.';
	const rows = systems.map(({ system, rated, positive, corrected, trend }) => [
		system,
		shareText(rated),
		shareText(positive),
		String(corrected),
		trend === null
			? 'too few'
			: `${points(trend.difference)} (${points(trend.interval.low)} to ${points(trend.interval.high)}), ${trend.direction}`,
	]);
	return table([['system', 'rated', 'good', 'corrected', 'later half against earlier'], ...rows]);
}

function shareText({ count, total, share, interval }: Share): string {
	if (share === null || interval === null) return 'none';
	return `${count} of ${total}, ${percent(share)} (${percent(interval.low)} to ${percent(interval.high)})`;
}

function percent(share: number): string {
	return `${Math.round(share * 100)} %`;
}

function points(difference: number): string {
	return `${difference < 0 ? '−' : '+'}${Math.abs(Math.round(difference * 100))}`;
}

import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { oneLine, table } from '../style.ts';

export const audit = defineCommand({
	describe:
		'Prints what was done with the keys of `knowhow serve`, newest first: when, who, what, to which object, and the HTTP status it ended with. Entries are never changed or removed, and hold no text of documents, questions or answers.',
	arguments: [],
	options: {
		who: { type: 'string', value: 'NAME', describe: 'Only what this principal did.' },
		limit: { type: 'number', value: 'N', describe: 'The most entries (default: 100).' },
		after: { type: 'string', value: 'ID', describe: 'Only entries before this one.' },
	},
	collections: 'none',
	examples: [{ command: 'knowhow audit --who anna', describe: 'What Anna did last' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const { who, limit, after } = call.options;
		const entries = await knowhow.audit.list({ who, limit, after });
		const rows = entries.map((entry) => [
			new Date(entry.at).toISOString().slice(0, 19).replace('T', ' '),
			entry.who ?? 'owner',
			entry.action,
			oneLine(entry.object ?? ''),
			String(entry.result),
		]);
		return { json: { entries }, text: table(rows) || 'Nothing was done with a key yet.' };
	},
});

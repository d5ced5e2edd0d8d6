import { ApiError } from '../../api/api-error.ts';
import { Held } from '../../state/held.ts';
import { sendFile } from './send-file.ts';
import { type ChosenFile, isSettled, isUnderWay, type Upload } from './upload.ts';

/** At once; the others wait for their turn. */
const mostAtOnce = 3;
let lastId = 0;

/** Every file that was added in this tab and has not been dismissed, in the order they were added. */
export const uploads = new Held<readonly Upload[]>([]);

export function addFiles(files: readonly ChosenFile[], collection: string): void {
	const added = files.map(({ file, path }): Upload => {
		return { id: ++lastId, file, path, collection, state: 'waiting', error: null };
	});
	uploads.change((all) => [...all, ...added]);
	sendNext();
}

export function tryAgain({ id }: Upload): void {
	change(id, { state: 'waiting', error: null });
	sendNext();
}

/** Takes what has ended, or waits, off the list. What is being sent goes on. */
export function dismissUploads(): void {
	uploads.change((all) => all.filter((upload) => !isSettled(upload)));
}

/** Those that wait are not sent. */
export function stopWaiting(): void {
	uploads.change((all) => all.filter(({ state }) => state !== 'waiting'));
}

function sendNext(): void {
	const all = uploads.get();
	const room = mostAtOnce - all.filter(isUnderWay).length;
	for (const upload of all.filter(({ state }) => state === 'waiting').slice(0, Math.max(room, 0))) void send(upload);
}

async function send({ id, file, collection }: Upload): Promise<void> {
	change(id, { state: 'sending' });
	try {
		await sendFile(file, collection, () => change(id, { state: 'reading' }));
		change(id, { state: 'completed' });
	} catch (error) {
		const { code, message } = error instanceof ApiError ? error : { code: 'unexpected', message: String(error) };
		change(id, { state: 'failed', error: { code, message } });
	}
	sendNext();
}

function change(id: number, changed: Partial<Upload>): void {
	uploads.change((all) => all.map((upload) => (upload.id === id ? { ...upload, ...changed } : upload)));
}

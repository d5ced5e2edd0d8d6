import type { DropItem } from 'react-aria-components';
import type { ChosenFile } from './upload.ts';

/** Every file of what was dropped, those of folders and their folders included; hidden ones are left out. */
export async function droppedFiles(items: readonly DropItem[], folder = ''): Promise<ChosenFile[]> {
	const files: ChosenFile[] = [];
	for (const item of items) {
		if (item.kind === 'text' || item.name.startsWith('.')) continue;
		const path = folder + item.name;
		if (item.kind === 'file') files.push({ file: await item.getFile(), path });
		else for await (const entry of item.getEntries()) files.push(...(await droppedFiles([entry], `${path}/`)));
	}
	return files;
}

/** What a file dialog gave; hidden files of a chosen folder are left out. */
export function chosenFiles(list: FileList | null): ChosenFile[] {
	return [...(list ?? [])]
		.map((file) => ({ file, path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath }))
		.filter(({ path }) => !path.split('/').some((part) => part.startsWith('.')));
}

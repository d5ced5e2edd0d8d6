import { FileText, Folder } from 'lucide-react';
import { DropZone, FileTrigger } from 'react-aria-components';
import { Button } from '../components/button.tsx';
import styles from './add-files.module.css';
import { useAddFiles } from './uploads/add-files.ts';
import { chosenFiles, droppedFiles } from './uploads/dropped-files.ts';
import type { ChosenFile } from './uploads/upload.ts';

type Props = { readonly collection: string; readonly onAdded: () => void };

/** Files and folders of this computer, dropped or chosen. */
export function AddFiles({ collection, onAdded }: Props) {
	const addFiles = useAddFiles();
	const add = (files: readonly ChosenFile[]): void => {
		if (files.length === 0) return;
		addFiles(files, collection);
		onAdded();
	};
	return (
		<DropZone
			className={styles.drop}
			aria-label="Drop files or a folder here"
			getDropOperation={() => 'copy'}
			onDrop={({ items }) => void droppedFiles(items).then(add)}
		>
			<p>Drop files or a folder here</p>
			<div className={styles.ways}>
				<FileTrigger allowsMultiple onSelect={(list) => add(chosenFiles(list))}>
					<Button>
						<FileText aria-hidden size={15} />
						Choose files
					</Button>
				</FileTrigger>
				<FileTrigger acceptDirectory onSelect={(list) => add(chosenFiles(list))}>
					<Button>
						<Folder aria-hidden size={15} />
						Choose a folder
					</Button>
				</FileTrigger>
			</div>
			<p className={styles.note}>
				PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, HTML, Markdown, mail, CSV, code and text.
			</p>
		</DropZone>
	);
}

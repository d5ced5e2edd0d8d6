import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, got } from '../api/client.ts';
import { ApiError } from '../api/api-error.ts';
import { statusQuery } from '../api/status.ts';
import { Button } from '../components/button.tsx';
import { Checkbox } from '../components/checkbox.tsx';
import { DialogActions } from '../components/dialog-actions.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Failure } from '../components/failure.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { counted, type ListedDocument, type Receipt } from './document.ts';
import { mergeReceipts } from './receipt.ts';
import { ReceiptView } from './receipt-view.tsx';

type Doomed = Pick<ListedDocument, 'id' | 'title' | 'chunks' | 'file'>;

type Props = {
	readonly documents: readonly Doomed[];
	/** Called with whether something was deleted. */
	readonly onClose: (isDeleted: boolean) => void;
};

/** Says what goes with documents, deletes them one after the other, and shows the receipt until it is closed. */
export function DeleteDocuments({ documents, onClose }: Props) {
	// What is selected changes when the list is read again; what was asked does not.
	const [asked] = useState(documents);
	const [isErasing, setIsErasing] = useState(false);
	const [takesFiles, setTakesFiles] = useState(true);
	const [receipts, setReceipts] = useState<readonly Receipt[]>([]);
	const queries = useQueryClient();
	const deleting = useMutation({
		mutationFn: async () => {
			for (const { id, file } of asked.slice(receipts.length)) {
				const receipt = await got(
					api.DELETE('/api/documents/{document}', {
						params: { path: { document: id }, query: { erase: isErasing ? 'true' : 'false' } },
					}),
				);
				if (file !== null && takesFiles) await deleteFile(file);
				setReceipts((all) => [...all, receipt]);
			}
		},
	});
	const name = asked.length === 1 ? asked[0]!.title : counted(asked.length, 'document');
	const close = (): void => {
		if (deleting.isPending) return;
		onClose(receipts.length > 0);
		for (const { id } of asked) void queries.invalidateQueries({ queryKey: ['documents', id], refetchType: 'none' });
		for (const part of ['list', 'sample-questions']) void queries.invalidateQueries({ queryKey: ['documents', part] });
		void queries.invalidateQueries(statusQuery);
	};
	if (receipts.length === asked.length) {
		return (
			<Dialog title={`${name} ${asked.length === 1 ? 'is' : 'are'} deleted`} isOpen onOpenChange={close}>
				<ReceiptView receipt={mergeReceipts(receipts)} name={name} />
				<DialogActions>
					<Button kind="primary" onPress={close}>
						Done
					</Button>
				</DialogActions>
			</Dialog>
		);
	}
	const chunks = asked.reduce((total, document) => total + document.chunks, 0);
	return (
		<Dialog title={`Delete ${name}?`} role="alertdialog" isOpen onOpenChange={close}>
			<p>
				{asked.length === 1 ? 'Its text and vectors' : 'Their texts and vectors'} ({counted(chunks, 'passage')}) are
				removed from disk, and nobody finds {asked.length === 1 ? 'it' : 'them'} any more. This cannot be undone.
			</p>
			<Checkbox
				isSelected={isErasing}
				onChange={setIsErasing}
				isDisabled={deleting.isPending}
				note="Otherwise they stay, and say that their source is gone."
			>
				Also erase what kept answers and datasets took from {asked.length === 1 ? 'it' : 'them'}
			</Checkbox>
			{asked.some(({ file }) => file !== null) && (
				<Checkbox
					isSelected={takesFiles}
					onChange={setTakesFiles}
					isDisabled={deleting.isPending}
					note="The bytes as they were sent, and with them every other collection’s document that was made of them."
				>
					Also delete what was uploaded
				</Checkbox>
			)}
			{deleting.isPending && asked.length > 1 && (
				<ProgressBar label="Progress of the deletion" value={receipts.length} max={asked.length} />
			)}
			{deleting.error !== null && <Failure error={deleting.error} again={() => deleting.mutate()} />}
			<DialogActions>
				<Button onPress={close} isDisabled={deleting.isPending}>
					Cancel
				</Button>
				<Button kind="danger" isDisabled={deleting.isPending} onPress={() => deleting.mutate()}>
					{deleting.isPending ? 'Deleting' : `Delete ${asked.length === 1 ? 'document' : name}`}
				</Button>
			</DialogActions>
		</Dialog>
	);
}

/** One that is gone, or somebody else’s, stays as it is. */
async function deleteFile(file: string): Promise<void> {
	try {
		await got(api.DELETE('/v1/files/{file}', { params: { path: { file } } }));
	} catch (error) {
		if (!(error instanceof ApiError && error.status === 404)) throw error;
	}
}

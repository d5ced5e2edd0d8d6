import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, got } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { DialogActions } from '../components/dialog-actions.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Failure } from '../components/failure.tsx';
import { type Collection, counted } from './document.ts';
import { ReceiptView } from './receipt-view.tsx';

type Props = {
	readonly collection: Collection;
	readonly onClose: () => void;
	readonly onDeleted: () => void;
};

/** Says what goes with a collection, deletes it, and shows the receipt until it is closed. */
export function DeleteCollection({ collection: { id, name, documents, chunks }, onClose, onDeleted }: Props) {
	const queries = useQueryClient();
	const deleting = useMutation({
		mutationFn: () => got(api.DELETE('/api/collections/{collection}', { params: { path: { collection: id } } })),
	});
	const close = (): void => {
		if (deleting.isPending) return;
		if (deleting.isSuccess) onDeleted();
		onClose();
		void queries.invalidateQueries();
	};
	if (deleting.data !== undefined) {
		return (
			<Dialog title={`The collection ${name} is deleted`} isOpen onOpenChange={close}>
				<ReceiptView receipt={deleting.data} name={name} />
				<DialogActions>
					<Button kind="primary" onPress={close}>
						Done
					</Button>
				</DialogActions>
			</Dialog>
		);
	}
	return (
		<Dialog title={`Delete the collection ${name}?`} role="alertdialog" isOpen onOpenChange={close}>
			<p>
				{counted(documents, 'document')} with {counted(chunks, 'passage')} and their vectors go with it, and nobody
				finds them any more. This cannot be undone. The files they were made of, uploads too, stay where they are.
			</p>
			{deleting.error !== null && <Failure error={deleting.error} />}
			<DialogActions>
				<Button onPress={close} isDisabled={deleting.isPending}>
					Cancel
				</Button>
				<Button kind="danger" isDisabled={deleting.isPending} onPress={() => deleting.mutate()}>
					{deleting.isPending ? 'Deleting' : `Delete ${name}`}
				</Button>
			</DialogActions>
		</Dialog>
	);
}

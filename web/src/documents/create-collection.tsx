import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, got } from '../api/client.ts';
import { statusQuery } from '../api/status.ts';
import { Button } from '../components/button.tsx';
import { DialogActions } from '../components/dialog-actions.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Failure } from '../components/failure.tsx';
import { TextField } from '../components/text-field.tsx';
import styles from './form.module.css';

/** As the server demands it. */
const goodName = /^[a-z0-9][\w.-]{0,63}$/i;

type Props = { readonly onClose: () => void; readonly onCreated: (name: string) => void };

export function CreateCollection({ onClose, onCreated }: Props) {
	const [name, setName] = useState('');
	const queries = useQueryClient();
	const creating = useMutation({
		mutationFn: () => got(api.POST('/api/collections', { body: { name, readers: 'everyone' } })),
		onSuccess: async () => {
			await queries.invalidateQueries(statusQuery);
			onCreated(name);
			onClose();
		},
	});
	const isGood = goodName.test(name);
	const create = (event: FormEvent): void => {
		event.preventDefault();
		creating.mutate();
	};
	return (
		<Dialog title="New collection" isOpen onOpenChange={onClose}>
			<form className={styles.form} onSubmit={create}>
				<p className={styles.note}>Documents that belong together, and are asked together.</p>
				<TextField
					label="Name"
					placeholder="handbook"
					// The dialog is for nothing else.
					// oxlint-disable-next-line jsx-a11y/no-autofocus
					autoFocus
					value={name}
					onChange={setName}
					errorMessage={name === '' || isGood ? undefined : 'Letters, digits, dots and dashes, at most 64; no spaces.'}
				/>
				{creating.error !== null && <Failure error={creating.error} />}
				<DialogActions>
					<Button onPress={onClose}>Cancel</Button>
					<Button type="submit" kind="primary" isDisabled={!isGood || creating.isPending}>
						Create
					</Button>
				</DialogActions>
			</form>
		</Dialog>
	);
}

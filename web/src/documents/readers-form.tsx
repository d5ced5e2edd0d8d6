import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, got } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { Failure } from '../components/failure.tsx';
import { RadioGroup } from '../components/radio-group.tsx';
import { TextField } from '../components/text-field.tsx';
import type { Readers } from './document.ts';
import { accessQuery } from './document-parts.ts';
import styles from './form.module.css';

type Props = { readonly document: string; readonly readers: Readers };

const choices = [
	{ id: 'everyone', name: 'Everyone', note: 'Whoever reaches the collection.' },
	{ id: 'listed', name: 'Only these people and groups', note: 'And whoever runs this server.' },
] as const;

/** Says who may read a document. */
export function ReadersForm({ document, readers }: Props) {
	const listed = readers === 'everyone' ? [] : readers;
	const [choice, setChoice] = useState<'everyone' | 'listed'>(readers === 'everyone' ? 'everyone' : 'listed');
	const [names, setNames] = useState(listed.join(', '));
	const queries = useQueryClient();
	const wanted: Readers = choice === 'everyone' ? 'everyone' : namesOf(names);
	const saving = useMutation({
		mutationFn: () =>
			got(api.POST('/api/documents/{document}/access', { params: { path: { document } }, body: { readers: wanted } })),
		onSuccess: (saved) => queries.setQueryData(accessQuery(document).queryKey, saved),
	});
	const save = (event: FormEvent): void => {
		event.preventDefault();
		saving.mutate();
	};
	return (
		<form className={styles.form} onSubmit={save}>
			<RadioGroup label="Who may read this document" options={choices} value={choice} onChange={setChoice} />
			{choice === 'listed' && (
				<TextField
					label="Names, and groups as group:name, with commas between them"
					placeholder="anna, group:support"
					value={names}
					onChange={setNames}
				/>
			)}
			{choice === 'listed' && wanted.length === 0 && (
				<p className={styles.note}>With no name here nobody but whoever runs this server reads it.</p>
			)}
			{saving.error !== null && <Failure error={saving.error} />}
			<div>
				<Button
					type="submit"
					kind="primary"
					isDisabled={saving.isPending || JSON.stringify(wanted) === JSON.stringify(readers)}
				>
					Save
				</Button>
			</div>
			<p className={styles.note}>
				What is asked from the next moment on heeds it; answers that were given stay as they are.
			</p>
		</form>
	);
}

function namesOf(text: string): string[] {
	return [...new Set(text.split(/[,\s]+/).filter((name) => name !== ''))];
}

import { type FormEvent, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Checkbox } from '../components/checkbox.tsx';
import { DialogActions } from '../components/dialog-actions.tsx';
import { Failure } from '../components/failure.tsx';
import { TextField } from '../components/text-field.tsx';
import { useBeginIngest } from './begin-ingest.ts';
import styles from './form.module.css';

type Props = { readonly collection: string; readonly onAdded: () => void };

/** A file or folder of the computer on which the server runs. */
export function AddPath({ collection, onAdded }: Props) {
	const [path, setPath] = useState('');
	const [sync, setSync] = useState(false);
	const beginning = useBeginIngest();
	const begin = (event: FormEvent): void => {
		event.preventDefault();
		beginning.mutate({ sources: [path.trim()], sitemaps: [], collection, sync }, { onSuccess: onAdded });
	};
	return (
		<form className={styles.form} onSubmit={begin}>
			<p className={styles.note}>
				A file or a folder of the computer on which Knowhow runs; a path that begins with no slash begins at the
				project’s folder.
			</p>
			<TextField label="Path" placeholder="docs" value={path} onChange={setPath} />
			<Checkbox isSelected={sync} onChange={setSync} note="Also removes the documents whose files are gone from there.">
				Keep in step
			</Checkbox>
			{beginning.error !== null && <Failure error={beginning.error} />}
			<DialogActions>
				<Button type="submit" kind="primary" isDisabled={path.trim() === '' || beginning.isPending}>
					Add
				</Button>
			</DialogActions>
		</form>
	);
}

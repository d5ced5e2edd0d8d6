import { type FormEvent, useState } from 'react';
import { useMay } from '../api/may.ts';
import { Button } from '../components/button.tsx';
import { Checkbox } from '../components/checkbox.tsx';
import { DialogActions } from '../components/dialog-actions.tsx';
import { Failure } from '../components/failure.tsx';
import { RadioGroup } from '../components/radio-group.tsx';
import { TextField } from '../components/text-field.tsx';
import { useBeginIngest } from './begin-ingest.ts';
import styles from './form.module.css';

type Props = { readonly collection: string; readonly onAdded: () => void };

const kinds = [
	{ id: 'page', name: 'One page' },
	{ id: 'sitemap', name: 'A sitemap', note: 'Every page of that site that it lists.' },
] as const;

/** A page of the web, or all that a sitemap lists. */
export function AddAddress({ collection, onAdded }: Props) {
	const [address, setAddress] = useState('');
	const [kind, setKind] = useState<'page' | 'sitemap'>('page');
	const [sync, setSync] = useState(false);
	const mayAdmin = useMay('admin');
	const beginning = useBeginIngest();
	const isGood = /^https?:$/.test(URL.parse(address.trim())?.protocol ?? '');
	const begin = (event: FormEvent): void => {
		event.preventDefault();
		const given = [address.trim()];
		const isPage = kind === 'page';
		const wanted = { sources: isPage ? given : [], sitemaps: isPage ? [] : given, sync: !isPage && sync };
		beginning.mutate({ ...wanted, collection }, { onSuccess: onAdded });
	};
	return (
		<form className={styles.form} onSubmit={begin}>
			<TextField
				label="Address"
				placeholder={kind === 'page' ? 'https://example.com/help' : 'https://example.com/sitemap.xml'}
				value={address}
				onChange={setAddress}
				errorMessage={address.length < 9 || isGood ? undefined : 'An address begins with https:// or http://.'}
			/>
			{mayAdmin && <RadioGroup label="It is" options={kinds} value={kind} onChange={setKind} />}
			{kind === 'sitemap' && (
				<Checkbox
					isSelected={sync}
					onChange={setSync}
					note="Also removes the documents whose pages the sitemap no longer lists."
				>
					Keep in step
				</Checkbox>
			)}
			{beginning.error !== null && <Failure error={beginning.error} />}
			<DialogActions>
				<Button type="submit" kind="primary" isDisabled={!isGood || beginning.isPending}>
					Add
				</Button>
			</DialogActions>
		</form>
	);
}

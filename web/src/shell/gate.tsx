import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { holdKey, key } from '../api/key.ts';
import { statusQuery } from '../api/status.ts';
import { Failure } from '../components/failure.tsx';
import { TextField } from '../components/text-field.tsx';
import { Button } from '../components/button.tsx';
import styles from './gate.module.css';

/** Shows the pages once the server answers: as it is for one person on this computer, with a key where keys are demanded. */
export function Gate({ children }: { readonly children: ReactNode }) {
	const { data, error, isPending, refetch } = useQuery(statusQuery);
	if (data !== undefined) return children;
	if (isPending) return <output className="visually-hidden">Loading</output>;
	if (error instanceof ApiError && error.status === 401) return <SignIn isRefused={key() !== null} />;
	return (
		<div className={styles.middle}>
			<Failure error={error} again={() => void refetch()} />
		</div>
	);
}

function SignIn({ isRefused }: { readonly isRefused: boolean }) {
	const [value, setValue] = useState('');
	const queries = useQueryClient();
	const enter = (event: FormEvent): void => {
		event.preventDefault();
		holdKey(value.trim());
		void queries.resetQueries();
	};
	return (
		<main className={styles.middle}>
			<form className={styles.form} onSubmit={enter}>
				<img src="/icon.svg" alt="" width={40} height={40} />
				<h1>Knowhow</h1>
				<p>This server is for those who have a key. Whoever runs it makes one with knowhow keys create.</p>
				<TextField
					label="Key"
					type="password"
					value={value}
					onChange={setValue}
					autoComplete="off"
					errorMessage={isRefused ? 'This key is not, or no longer, valid.' : undefined}
				/>
				<Button type="submit" kind="primary" isDisabled={value.trim() === ''}>
					Sign in
				</Button>
			</form>
		</main>
	);
}

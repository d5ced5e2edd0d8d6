import { Search, X } from 'lucide-react';
import { Button, Input, SearchField as AriaSearchField } from 'react-aria-components';
import styles from './search-field.module.css';

type Props = {
	/** For screen readers, and in the empty field. */
	readonly label: string;
	readonly value: string;
	readonly onChange: (value: string) => void;
};

export function SearchField({ label, value, onChange }: Props) {
	return (
		<AriaSearchField className={styles.field} aria-label={label} value={value} onChange={onChange}>
			<Search aria-hidden size={15} />
			<Input className={styles.input} placeholder={label} />
			{value !== '' && (
				<Button className={styles.clear} aria-label="Clear">
					<X aria-hidden size={15} />
				</Button>
			)}
		</AriaSearchField>
	);
}

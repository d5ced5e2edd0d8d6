import { Label, TextArea as AriaTextArea, TextField, type TextFieldProps } from 'react-aria-components';
import styles from './field.module.css';

type Props = Omit<TextFieldProps, 'className' | 'children'> & { readonly label: string };

/** Several lines of text; it grows with them. */
export function TextArea({ label, ...props }: Props) {
	return (
		<TextField {...props} className={styles.field}>
			<Label className={styles.label}>{label}</Label>
			<AriaTextArea className={`${styles.input} ${styles.lines}`} rows={3} dir="auto" />
		</TextField>
	);
}

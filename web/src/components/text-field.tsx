import { FieldError, Input, Label, TextField as AriaTextField, type TextFieldProps } from 'react-aria-components';
import styles from './field.module.css';

type Props = Omit<TextFieldProps, 'className' | 'children'> & {
	readonly label: string;
	readonly placeholder?: string;
	readonly errorMessage?: string | undefined;
};

export function TextField({ label, placeholder, errorMessage, ...props }: Props) {
	return (
		<AriaTextField {...props} validationBehavior="aria" isInvalid={errorMessage !== undefined} className={styles.field}>
			<Label className={styles.label}>{label}</Label>
			<Input className={styles.input} placeholder={placeholder} />
			<FieldError className={styles.error}>{errorMessage}</FieldError>
		</AriaTextField>
	);
}

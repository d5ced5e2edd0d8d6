import { Label, Radio, RadioGroup as AriaRadioGroup } from 'react-aria-components';
import choice from './choice.module.css';
import field from './field.module.css';
import styles from './radio-group.module.css';

type Option<Id extends string> = { readonly id: Id; readonly name: string; readonly note?: string };

type Props<Id extends string> = {
	readonly label: string;
	readonly options: readonly Option<Id>[];
	readonly value: Id;
	readonly onChange: (id: Id) => void;
	readonly isDisabled?: boolean;
};

/** One of two or three, all in sight, each with a sentence about it. */
export function RadioGroup<Id extends string>({ label, options, value, onChange, isDisabled = false }: Props<Id>) {
	return (
		<AriaRadioGroup
			className={styles.group}
			value={value}
			onChange={(id) => onChange(id as Id)}
			isDisabled={isDisabled}
		>
			<Label className={field.label}>{label}</Label>
			{options.map(({ id, name, note }) => (
				<Radio key={id} value={id} className={choice.choice}>
					<span className={styles.dot} />
					<span>
						{name}
						{note !== undefined && <span className={choice.note}>{note}</span>}
					</span>
				</Radio>
			))}
		</AriaRadioGroup>
	);
}

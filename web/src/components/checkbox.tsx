import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Checkbox as AriaCheckbox, type CheckboxProps } from 'react-aria-components';
import styles from './checkbox.module.css';
import choice from './choice.module.css';

type Props = Omit<CheckboxProps, 'className' | 'children'> & {
	readonly children?: ReactNode;
	/** A sentence below. */
	readonly note?: string;
};

export function Checkbox({ children, note, ...props }: Props) {
	return (
		<AriaCheckbox {...props} className={choice.choice}>
			{({ isSelected, isIndeterminate }) => (
				<>
					<span className={styles.box}>
						{isIndeterminate ? <Minus aria-hidden size={15} /> : isSelected && <Check aria-hidden size={15} />}
					</span>
					{children !== undefined && (
						<span>
							{children}
							{note !== undefined && <span className={choice.note}>{note}</span>}
						</span>
					)}
				</>
			)}
		</AriaCheckbox>
	);
}

import { Check, ChevronsUpDown } from 'lucide-react';
import { Button, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue } from 'react-aria-components';
import field from './field.module.css';
import popup from './popup.module.css';
import styles from './select.module.css';

type Item = { readonly id: string; readonly name: string; readonly note?: string };

type Props = {
	readonly label: string;
	/** False: for screen readers alone. */
	readonly isLabelShown?: boolean;
	readonly items: readonly Item[];
	readonly value: string;
	readonly onChange: (id: string) => void;
};

/** One of a few. */
export function Select({ label, isLabelShown = true, items, value, onChange }: Props) {
	return (
		<AriaSelect className={styles.select} value={value} onChange={(id) => onChange(String(id))}>
			<Label className={isLabelShown ? field.label : 'visually-hidden'}>{label}</Label>
			<Button className={styles.button}>
				<SelectValue className={styles.value}>
					{({ defaultChildren }) => items.find(({ id }) => id === value)?.name ?? defaultChildren}
				</SelectValue>
				<ChevronsUpDown aria-hidden size={15} />
			</Button>
			<Popover className={styles.popover} offset={4}>
				<ListBox className={popup.list} items={items}>
					{({ name, note }) => (
						<ListBoxItem className={styles.item} textValue={name}>
							{({ isSelected }) => (
								<>
									<span className={styles.name}>{name}</span>
									{note !== undefined && <span className={styles.note}>{note}</span>}
									<Check aria-hidden size={15} visibility={isSelected ? 'visible' : 'hidden'} />
								</>
							)}
						</ListBoxItem>
					)}
				</ListBox>
			</Popover>
		</AriaSelect>
	);
}

import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components';
import styles from './tabs.module.css';

type Props<Id extends string> = {
	readonly label: string;
	readonly tabs: readonly { readonly id: Id; readonly name: string }[];
	readonly selected: Id;
	readonly onSelect: (id: Id) => void;
	/** What the selected tab shows. */
	readonly children: ReactNode;
};

export function Tabs<Id extends string>({ label, tabs, selected, onSelect, children }: Props<Id>) {
	return (
		<AriaTabs
			className={styles.tabs}
			selectedKey={selected}
			onSelectionChange={(id) => onSelect(id as Id)}
			keyboardActivation="manual"
		>
			<TabList className={styles.list} aria-label={label}>
				{tabs.map(({ id, name }) => (
					<Tab key={id} id={id} className={styles.tab}>
						{name}
					</Tab>
				))}
			</TabList>
			{tabs.map(({ id }) => (
				<TabPanel key={id} id={id} className={styles.panel}>
					{id === selected && children}
				</TabPanel>
			))}
		</AriaTabs>
	);
}

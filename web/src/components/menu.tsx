import type { ReactNode } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Button } from './button.tsx';
import styles from './menu.module.css';
import popup from './popup.module.css';

type Action = {
	readonly id: string;
	readonly name: string;
	readonly icon?: ReactNode;
	readonly isDanger?: boolean;
	readonly onAction: () => void;
};

type Props = { readonly label: string; readonly icon: ReactNode; readonly actions: readonly Action[] };

/** A button with an icon that opens a few actions. */
export function Menu({ label, icon, actions }: Props) {
	return (
		<MenuTrigger>
			<Button kind="quiet" aria-label={label}>
				{icon}
			</Button>
			<Popover className={popup.popover} offset={4} placement="bottom start">
				<AriaMenu className={popup.list} items={actions}>
					{({ name, icon: own, isDanger = false, onAction }) => (
						<MenuItem className={isDanger ? styles.danger : popup.item} onAction={onAction} textValue={name}>
							{own}
							{name}
						</MenuItem>
					)}
				</AriaMenu>
			</Popover>
		</MenuTrigger>
	);
}

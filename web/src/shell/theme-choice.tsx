import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { chosenTheme, chooseTheme, type Theme } from './theme.ts';
import styles from './theme-choice.module.css';

const themes = [
	{ id: 'light', name: 'Light', icon: Sun },
	{ id: 'system', name: 'As the system', icon: Monitor },
	{ id: 'dark', name: 'Dark', icon: Moon },
] as const;

export function ThemeChoice() {
	const [theme, setTheme] = useState(chosenTheme);
	const choose = (next: Theme | undefined): void => {
		if (next === undefined) return;
		chooseTheme(next);
		setTheme(next);
	};
	return (
		<ToggleButtonGroup
			className={styles.choice}
			aria-label="Colours"
			disallowEmptySelection
			selectedKeys={[theme]}
			onSelectionChange={([key]) => choose(key as Theme | undefined)}
		>
			{themes.map(({ id, name, icon: Icon }) => (
				<ToggleButton key={id} id={id} aria-label={name} className={styles.option}>
					<Icon aria-hidden size={15} />
				</ToggleButton>
			))}
		</ToggleButtonGroup>
	);
}

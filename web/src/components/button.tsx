import { Button as AriaButton, type ButtonProps } from 'react-aria-components';
import styles from './button.module.css';

type Props = Omit<ButtonProps, 'className'> & {
	/** `primary`: the one thing to do here. `quiet`: beside others, without a border. */
	readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
	readonly size?: 'normal' | 'small';
};

export function Button({ kind = 'plain', size = 'normal', ...props }: Props) {
	return <AriaButton {...props} className={`${styles.button} ${styles[kind]} ${styles[size]}`} />;
}

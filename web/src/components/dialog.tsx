import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from './button.tsx';
import styles from './dialog.module.css';

type Props = {
	readonly title: string;
	readonly isOpen: boolean;
	readonly onOpenChange: (isOpen: boolean) => void;
	/** `alertdialog`: something is about to be lost. */
	readonly role?: 'dialog' | 'alertdialog';
	/** False: only its own buttons close it. */
	readonly isDismissable?: boolean;
	readonly children: ReactNode;
};

/** What has to be dealt with before the page goes on; on phones it comes from below. */
export function Dialog({ title, isOpen, onOpenChange, role = 'dialog', isDismissable = true, children }: Props) {
	return (
		<ModalOverlay
			className={styles.overlay}
			isOpen={isOpen}
			onOpenChange={onOpenChange}
			isDismissable={isDismissable}
			isKeyboardDismissDisabled={!isDismissable}
		>
			<Modal className={styles.modal}>
				<AriaDialog className={styles.dialog} role={role}>
					<header className={styles.header}>
						<Heading slot="title" className={styles.title}>
							{title}
						</Heading>
						{isDismissable && (
							<Button kind="quiet" size="small" aria-label="Close" onPress={() => onOpenChange(false)}>
								<X aria-hidden size={18} />
							</Button>
						)}
					</header>
					{children}
				</AriaDialog>
			</Modal>
		</ModalOverlay>
	);
}

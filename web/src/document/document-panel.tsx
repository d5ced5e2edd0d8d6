import { lazy, Suspense, useEffect, useEffectEvent } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { useMedia } from '../components/use-media.ts';
import styles from './document-panel.module.css';
import type { Quote } from './quote-params.ts';

const DocumentView = lazy(async () => {
	const { DocumentView } = await import('./document-view.tsx');
	return { default: DocumentView };
});

type Props = {
	readonly documentId: string;
	readonly quote?: Quote | undefined;
	readonly onClose: () => void;
};

/** A document beside what the page shows; over it where there is no room beside. */
export function DocumentPanel(props: Props) {
	const isBeside = useMedia('(min-width: 64rem)');
	return isBeside ? <Beside {...props} /> : <Over {...props} />;
}

function Beside(props: Props) {
	const closeOnEscape = useEffectEvent((event: KeyboardEvent) => {
		if (event.key === 'Escape' && !event.defaultPrevented) props.onClose();
	});
	useEffect(() => {
		document.addEventListener('keydown', closeOnEscape);
		return () => document.removeEventListener('keydown', closeOnEscape);
	}, []);
	return (
		<aside className={styles.beside} aria-label="Document">
			<Suspense fallback={null}>
				<DocumentView {...props} takesFocus />
			</Suspense>
		</aside>
	);
}

function Over(props: Props) {
	return (
		<ModalOverlay className={styles.overlay} isOpen onOpenChange={props.onClose}>
			<Modal className={styles.over}>
				<Dialog className={styles.dialog} aria-label="Document">
					<Suspense fallback={null}>
						<DocumentView {...props} />
					</Suspense>
				</Dialog>
			</Modal>
		</ModalOverlay>
	);
}

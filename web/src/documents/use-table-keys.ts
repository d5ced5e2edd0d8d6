import type { KeyboardEvent } from 'react';
import { useLocation } from 'wouter';

type Options = {
	readonly documents: readonly { readonly id: string }[];
	/** The row that the keys are about. */
	readonly active: number;
	readonly rowsInSight: number;
	readonly onMove: (row: number) => void;
	readonly onToggle: (document: string) => void;
	readonly onSelectAll: (isAll: boolean) => void;
};

/** The keys of the table: arrows, Page, Home and End move, Enter opens, Space selects, Control and A selects all, Escape none. */
export function useTableKeys({ documents, active, rowsInSight, onMove, onToggle, onSelectAll }: Options) {
	const [, navigate] = useLocation();
	return (event: KeyboardEvent<HTMLElement>): void => {
		// Buttons and boxes inside have keys of their own.
		if (event.target !== event.currentTarget || documents.length === 0) return;
		const here = documents[Math.min(active, documents.length - 1)]!.id;
		const move = (row: number) => (): void => onMove(Math.max(0, Math.min(documents.length - 1, row)));
		const isAll = event.key === 'a' && (event.ctrlKey || event.metaKey);
		const act = isAll
			? () => onSelectAll(true)
			: {
					ArrowDown: move(active + 1),
					ArrowUp: move(active - 1),
					PageDown: move(active + rowsInSight / 2),
					PageUp: move(active - rowsInSight / 2),
					Home: move(0),
					End: move(documents.length - 1),
					Enter: () => navigate(`/documents/${here}`),
					' ': () => onToggle(here),
					Escape: () => onSelectAll(false),
				}[event.key];
		if (act === undefined) return;
		event.preventDefault();
		act();
	};
}

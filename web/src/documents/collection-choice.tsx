import { useQuery } from '@tanstack/react-query';
import { Ellipsis, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../api/may.ts';
import { statusQuery } from '../api/status.ts';
import { Menu } from '../components/menu.tsx';
import { Select } from '../components/select.tsx';
import { CreateCollection } from './create-collection.tsx';
import styles from './collection-choice.module.css';
import { DeleteCollection } from './delete-collection.tsx';
import { counted } from './document.ts';

type Props = { readonly collection: string; readonly onChoose: (name: string) => void };

/** Which collection is shown; admins make and delete some here. */
export function CollectionChoice({ collection, onChoose }: Props) {
	const status = useQuery(statusQuery).data!;
	const mayAdmin = useMay('admin');
	const [open, setOpen] = useState<'create' | 'delete' | null>(null);
	const shown = status.collections.find(({ name }) => name === collection);
	const items = status.collections.map(({ name, documents }) => {
		return { id: name, name, note: counted(documents, 'document') };
	});
	if (shown === undefined) items.unshift({ id: collection, name: collection, note: 'empty' });
	const create = {
		id: 'create',
		name: 'New collection',
		icon: <Plus aria-hidden size={15} />,
		onAction: () => setOpen('create'),
	};
	const remove = {
		id: 'delete',
		name: 'Delete this collection',
		icon: <Trash2 aria-hidden size={15} />,
		isDanger: true,
		onAction: () => setOpen('delete'),
	};
	return (
		<div className={styles.choice}>
			<Select label="Collection" isLabelShown={false} items={items} value={collection} onChange={onChoose} />
			{mayAdmin && (
				<Menu
					label="More about collections"
					icon={<Ellipsis aria-hidden size={18} />}
					actions={shown === undefined ? [create] : [create, remove]}
				/>
			)}
			{open === 'create' && <CreateCollection onClose={() => setOpen(null)} onCreated={onChoose} />}
			{open === 'delete' && shown !== undefined && (
				<DeleteCollection
					collection={shown}
					onClose={() => setOpen(null)}
					onDeleted={() => onChoose(status.collection)}
				/>
			)}
		</div>
	);
}

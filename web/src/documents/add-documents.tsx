import { useState } from 'react';
import { useMay } from '../api/may.ts';
import { Dialog } from '../components/dialog.tsx';
import { Tabs } from '../components/tabs.tsx';
import { AddAddress } from './add-address.tsx';
import { AddFiles } from './add-files.tsx';
import { AddPath } from './add-path.tsx';

type Props = {
	readonly collection: string;
	readonly isOpen: boolean;
	readonly onOpenChange: (isOpen: boolean) => void;
};

type Way = 'files' | 'address' | 'path';

/** The ways to add documents to a collection: files of this computer, pages of the web, paths of the server's computer. */
export function AddDocuments({ collection, isOpen, onOpenChange }: Props) {
	const mayAdmin = useMay('admin');
	const [way, setWay] = useState<Way>('files');
	const done = (): void => onOpenChange(false);
	const tabs: { readonly id: Way; readonly name: string }[] = [
		{ id: 'files', name: 'Files' },
		{ id: 'address', name: 'Web address' },
		...(mayAdmin ? [{ id: 'path', name: 'Path on the server' } as const] : []),
	];
	return (
		<Dialog title={`Add documents to ${collection}`} isOpen={isOpen} onOpenChange={onOpenChange}>
			<Tabs label="Ways to add documents" tabs={tabs} selected={way} onSelect={setWay}>
				{way === 'files' && <AddFiles collection={collection} onAdded={done} />}
				{way === 'address' && <AddAddress collection={collection} onAdded={done} />}
				{way === 'path' && <AddPath collection={collection} onAdded={done} />}
			</Tabs>
		</Dialog>
	);
}

import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../api/status.ts';
import { systemsQuery } from '../api/systems.ts';
import { Select } from '../components/select.tsx';
import type { Choice } from './conversation.ts';

type Props = { readonly choice: Choice; readonly onChoose: (choice: Choice) => void };

const all = 'all';

/** Which collection is asked, and which system answers; nothing where there is no choice. */
export function SystemChoice({ choice, onChoose }: Props) {
	const { data: status } = useQuery(statusQuery);
	const { data: systems = [] } = useQuery(systemsQuery);
	const collections = status?.collections ?? [];
	const asked = choice.collections ?? [];
	const every = collections.map(({ id }) => id);
	return (
		<>
			{collections.length > 1 && (
				<Select
					label="Collection"
					isLabelShown={false}
					items={[{ id: all, name: 'All collections' }, ...collections]}
					value={asked.length === 1 ? asked[0]! : all}
					onChange={(id) => onChoose({ ...choice, collections: id === all ? every : [id] })}
				/>
			)}
			{systems.length > 1 && (
				<Select
					label="System"
					isLabelShown={false}
					items={systems.map(({ name, ...system }) => ({ id: name, name, note: noteOf(system) }))}
					value={choice.system ?? systems[0]!.name}
					onChange={(system) => onChoose({ ...choice, system })}
				/>
			)}
		</>
	);
}

type System = { readonly answers: string; readonly generator: string | null; readonly retrieves: boolean };

function noteOf({ answers, generator, retrieves }: System): string {
	if (!retrieves) return 'without the documents';
	if (answers === 'routed') return 'picks the system';
	return generator ?? 'own words of the documents';
}

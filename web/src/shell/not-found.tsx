import { MapPinOff } from 'lucide-react';
import { Link } from 'wouter';
import { EmptyState } from '../components/empty-state.tsx';

/** An address that leads to no page. */
export function NotFound() {
	return (
		<>
			<title>No such page · Knowhow</title>
			<EmptyState title="There is no such page" icon={<MapPinOff aria-hidden size={18} />}>
				<p>The address may be mistyped, or the page has moved.</p>
				<Link href="/">Ask your documents</Link>
			</EmptyState>
		</>
	);
}

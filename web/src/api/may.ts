import { useQuery } from '@tanstack/react-query';
import { statusQuery } from './status.ts';

/** Whether the caller may do what a scope is for. The server decides anyway; what would be refused is not offered. */
export function useMay(scope: 'write' | 'admin'): boolean {
	const scopes = useQuery(statusQuery).data?.scopes ?? [];
	return scopes.includes(scope) || scopes.includes('admin');
}

import { queryOptions } from '@tanstack/react-query';
import { api, got } from './client.ts';

/** What the project holds and what answers. */
export const statusQuery = queryOptions({ queryKey: ['status'], queryFn: () => got(api.GET('/api/status')) });

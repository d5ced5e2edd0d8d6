import { useQueryClient } from '@tanstack/react-query';
import { FilePlus2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../components/button.tsx';
import { Failure } from '../components/failure.tsx';
import { JobProgress } from '../jobs/job-progress.tsx';
import { useLoadSample } from '../jobs/load-sample.ts';
import styles from './welcome.module.css';

/** Two ways to documents: the sample, and one's own. */
export function FirstDocuments() {
	const [, navigate] = useLocation();
	const [job, setJob] = useState<string | null>(null);
	const queries = useQueryClient();
	const sample = useLoadSample();
	const load = (): void => sample.mutate({}, { onSuccess: ({ id }) => setJob(id) });
	const refresh = (): void => void queries.invalidateQueries();
	if (job !== null) {
		return <JobProgress job={job} title="The sample" onEnd={refresh} onDismiss={() => setJob(null)} />;
	}
	return (
		<>
			<div className={styles.ways}>
				<Button kind="primary" onPress={load} isDisabled={sample.isPending}>
					Load the sample
				</Button>
				<Button onPress={() => navigate('/documents')}>
					<FilePlus2 aria-hidden size={16} />
					Add your documents
				</Button>
			</div>
			<p className={styles.note}>
				The sample is the help pages, price lists and policies of a made-up payments company.
			</p>
			{sample.isError && <Failure error={sample.error} again={load} />}
		</>
	);
}

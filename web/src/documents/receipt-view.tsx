import { Check, Copy, Download } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { counted, type Receipt } from './document.ts';
import styles from './receipt-view.module.css';
import { momentText } from './time-text.ts';

type Props = {
	readonly receipt: Receipt;
	/** Of what was deleted; the saved file is called by it. */
	readonly name: string;
};

/** What a deletion removed, to read, to copy and to save. */
export function ReceiptView({ receipt, name }: Props) {
	const { documents, chunks, vectors, interactions, datasets, models, erased, at } = receipt;
	const json = JSON.stringify(receipt, null, 2);
	const examples = datasets.reduce((total, dataset) => total + dataset.examples.length, 0);
	return (
		<section className={styles.receipt} aria-label="Receipt">
			<dl className={styles.lines}>
				<Line name="Documents" value={documents} />
				<Line name="Passages" value={chunks} />
				<Line name="Vectors" value={vectors} />
				<Line
					name={erased ? 'Answers that quoted it, erased' : 'Answers that quote it, kept'}
					value={interactions.length}
				/>
				{examples > 0 && (
					<Line
						name={erased ? 'Examples of datasets, erased' : 'Examples of datasets, kept'}
						value={examples}
						note={datasets.map(({ dataset }) => dataset).join(', ')}
					/>
				)}
				{models.length > 0 && (
					<Line name="Models that learned from it" value={models.length} note={models.join(', ')} />
				)}
				<div className={styles.line}>
					<dt>Time</dt>
					<dd>
						<time dateTime={new Date(at).toISOString()}>{momentText(at)}</time>
					</dd>
				</div>
			</dl>
			{!erased && interactions.length > 0 && (
				<p className={styles.note}>{counted(interactions.length, 'kept answer')} still quote what is gone.</p>
			)}
			{models.length > 0 && (
				<p className={styles.note}>What a model has learned it forgets only by being trained anew.</p>
			)}
			<div className={styles.actions}>
				<CopyButton text={json} />
				<Button size="small" onPress={() => save(json, `receipt ${name}.json`)}>
					<Download aria-hidden size={15} />
					Save as JSON
				</Button>
			</div>
		</section>
	);
}

function Line({ name, value, note }: { readonly name: string; readonly value: number; readonly note?: string }) {
	return (
		<div className={styles.line}>
			<dt>
				{name}
				{note !== undefined && <span className={styles.note}>{note}</span>}
			</dt>
			<dd>{value.toLocaleString('en-GB')}</dd>
		</div>
	);
}

function CopyButton({ text }: { readonly text: string }) {
	const [isCopied, setIsCopied] = useState(false);
	return (
		<Button size="small" onPress={() => void navigator.clipboard.writeText(text).then(() => setIsCopied(true))}>
			{isCopied ? <Check aria-hidden size={15} /> : <Copy aria-hidden size={15} />}
			{isCopied ? 'Copied' : 'Copy as JSON'}
		</Button>
	);
}

function save(text: string, name: string): void {
	const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	URL.revokeObjectURL(url);
}

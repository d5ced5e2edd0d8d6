import type { Evidence, Unit } from '../src/ask/units.ts';
import type { Example } from './examples.ts';

/** Whether a unit holds the answer of an example: by offset where that is known, else by the quoted evidence. */
export function isGold(unit: Unit, { gold, evidence }: Example): boolean {
	const { document } = evidence[unit.hit]!;
	return gold.some(({ source, quote, at }) => {
		if (!document.source.endsWith(source)) return false;
		return at === null ? holds(unit, evidence[unit.hit]!, quote) : unit.start <= at && at < unit.end;
	});
}

/** A quote is raw text of the file, so rows of CSV files and pairs of JSON files look different once parsed. */
function holds(unit: Unit, { document }: Evidence, quote: string): boolean {
	const raw = bare(document.text.slice(unit.start, unit.end));
	const wanted = bare(quote);
	if (raw.includes(wanted) || bare(unit.plain).includes(wanted)) return true;
	if (wanted.includes(raw) && raw.split(' ').length >= 4) return true;
	if (document.format === 'csv') return quote.split(',').every((cell) => unit.cells.includes(cell.trim()));
	const pair = /"([\w.]+)":\s*"?([^"{},]+)"?$/.exec(quote);
	if (document.format !== 'json' || pair === null) return false;
	return unit.plain === `${pair[1]}: ${pair[2]}` || unit.cells.includes(pair[2]!);
}

function bare(text: string): string {
	return text.replaceAll(/[*`]/g, '').replaceAll(/\s+/g, ' ').trim();
}

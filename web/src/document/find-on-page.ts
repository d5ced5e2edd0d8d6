/** Where a piece of a quote lies in one run of text of a page. */
export type Found = {
	/** Which run. */
	readonly run: number;
	/** UTF-16 units of the run. */
	readonly start: number;
	readonly end: number;
};

/** Shorter sentences are on many pages by chance. */
const leastLength = 8;

/**
 * Finds a quote among the runs of text that a page is drawn with. Only letters and digits count: spaces, hyphens at line ends and the
 * pipes of tables are the reader's. A quote that is not there as a whole (it goes on overleaf) is looked for sentence by sentence.
 */
export function findOnPage(quote: string, runs: readonly string[]): readonly Found[] {
	const places: Place[] = [];
	let page = '';
	runs.forEach((text, run) => {
		for (const { 0: letter, index } of text.matchAll(/[\p{L}\p{N}]/gu)) {
			const folded = fold(letter);
			page += folded;
			for (let i = 0; i < folded.length; i++) places.push({ run, start: index, end: index + letter.length });
		}
	});
	const whole = spansOf(bare(quote), page);
	const spans = whole ?? quote.split(/(?<=[.!?:;|])\s+|\n/).flatMap((part) => spansOf(bare(part), page) ?? []);
	return spans.flatMap(({ start, end }) => runsOf(places.slice(start, end)));
}

/** The letter of a run that a letter of the folded page stands for. */
type Place = Found;
type Span = { readonly start: number; readonly end: number };

function spansOf(wanted: string, page: string): Span[] | null {
	const start = wanted.length < leastLength ? -1 : page.indexOf(wanted);
	return start < 0 ? null : [{ start, end: start + wanted.length }];
}

function runsOf(places: readonly Place[]): Found[] {
	const byRun = Map.groupBy(places, ({ run }) => run);
	return [...byRun].map(([run, held]) => ({ run, start: held[0]!.start, end: held.at(-1)!.end }));
}

function bare(text: string): string {
	return [...text.matchAll(/[\p{L}\p{N}]/gu)].map(([letter]) => fold(letter)).join('');
}

/** Ligatures and wide forms as the letters they stand for, without accents. */
function fold(letter: string): string {
	return letter.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

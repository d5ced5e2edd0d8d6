import { type PageViewport, type PDFDocumentProxy, type PDFPageProxy, TextLayer } from 'pdfjs-dist';
import { findOnPage } from './find-on-page.ts';

type Drawing = {
	/** From 1. */
	readonly number: number;
	/** CSS pixels. */
	readonly width: number;
	/** To be marked where it is found on the page. */
	readonly quote: string | null;
	/** What it held is replaced by a canvas and, over it, the text that can be selected. */
	readonly container: HTMLElement;
	readonly signal: AbortSignal;
};

/** Draws a page of a PDF, and scrolls to the quote. Throws what the viewer throws, and when it is aborted. */
export async function drawPage(pdf: PDFDocumentProxy, drawing: Drawing): Promise<void> {
	const { number, width, quote, container, signal } = drawing;
	const page = await pdf.getPage(number);
	const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
	const canvas = await drawCanvas(page, viewport, signal);
	const text = document.createElement('div');
	text.dataset['layer'] = 'text';
	const layer = new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
	await layer.render();
	signal.throwIfAborted();
	container.style.setProperty('--total-scale-factor', String(viewport.scale));
	container.replaceChildren(canvas, text);
	if (quote !== null) mark(quote, layer);
	const marked = text.querySelector('mark');
	if (marked === null) container.parentElement?.scrollTo(0, 0);
	else marked.scrollIntoView({ block: 'center' });
}

async function drawCanvas(page: PDFPageProxy, viewport: PageViewport, signal: AbortSignal): Promise<HTMLCanvasElement> {
	const ratio = devicePixelRatio;
	const canvas = document.createElement('canvas');
	canvas.width = Math.floor(viewport.width * ratio);
	canvas.height = Math.floor(viewport.height * ratio);
	const task = page.render({ canvas, viewport, transform: [ratio, 0, 0, ratio, 0, 0] });
	signal.addEventListener('abort', () => task.cancel(), { once: true });
	await task.promise;
	return canvas;
}

function mark(quote: string, { textDivs, textContentItemsStr }: TextLayer): void {
	const elements = textDivs as readonly HTMLElement[];
	for (const { run, start, end } of findOnPage(quote, textContentItemsStr)) {
		const text = elements[run]?.firstChild;
		if (!(text instanceof Text)) continue;
		const range = document.createRange();
		range.setStart(text, start);
		range.setEnd(text, end);
		range.surroundContents(document.createElement('mark'));
	}
}

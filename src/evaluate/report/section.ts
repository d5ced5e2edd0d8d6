import type { MetricSummary } from '../summary.ts';
import { percent, range } from './markup.ts';

/** A part of the page under a heading. */
export function section(title: string, intro: string, body: string): string {
	return `<section><h2>${title}</h2><p class="quiet">${intro}</p>${body}</section>`;
}

/** A mean above its interval. */
export function cell(summary: Pick<MetricSummary, 'mean' | 'interval'>): string {
	return summary.mean === null ? '–' : `${percent(summary.mean)}<small>${rangeOf(summary)}</small>`;
}

export function rangeOf({ interval }: Pick<MetricSummary, 'interval'>): string {
	return interval === null ? '–' : range(interval);
}

export function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}

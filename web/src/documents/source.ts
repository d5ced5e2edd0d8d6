/** Whether a document came from a page of the web. */
export function isWebAddress(source: string): boolean {
	return /^https?:\/\//i.test(source);
}

/** Where a document came from, for people: an upload is told by the name of its file. */
export function sourceText(source: string): string {
	const [, name] = /^upload:\/\/[^/]+\/(.*)$/s.exec(source) ?? [];
	return name === undefined ? source : `${decodeURI(name)} (uploaded)`;
}

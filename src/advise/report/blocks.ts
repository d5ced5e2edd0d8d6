/**
 * The advice as a short document. It is written once and rendered as Markdown, as HTML and for a terminal. In texts
 * `code` stands between backticks.
 */
export type Block =
	| { readonly kind: 'heading'; readonly text: string }
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'list'; readonly items: readonly string[] }
	| { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly Row[] }
	| { readonly kind: 'command'; readonly command: string }
	/** A drawing, and what stands for it where nothing can be drawn: Mermaid, or nothing. */
	| { readonly kind: 'figure'; readonly svg: string; readonly caption: string; readonly mermaid: string | null };

/** Cells; `isLit` marks the user's own row. */
export type Row = { readonly cells: readonly string[]; readonly isLit?: boolean };

/** One type scale (13, 15, 18, 28 px), one spacing scale (4, 8, 16, 24, 48 px), six colours that also differ in lightness. */
export const style = `
:root {
	color-scheme: light dark;
	--ink: #1b1f24; --quiet: #5c6570; --line: #d9dee4; --page: #ffffff; --raised: #f5f7f9;
	--good: #1a7f4b; --bad: #b3372f; --warn: #8a5a00;
	--c0: #2f5fb3; --c1: #c2571a; --c2: #2b8a6f; --c3: #8b4a9c; --c4: #9a7b10; --c5: #5b6b7a;
}
@media (prefers-color-scheme: dark) {
	:root {
		--ink: #e8ebee; --quiet: #9aa5b1; --line: #333b44; --page: #14181c; --raised: #1d2329;
		--good: #5ec48f; --bad: #f08a80; --warn: #e0b050;
		--c0: #82aaf0; --c1: #f0975f; --c2: #62c9ab; --c3: #cf95de; --c4: #d9bb55; --c5: #a3b2c0;
	}
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
	margin: 0; background: var(--page); color: var(--ink);
	font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
	font-variant-numeric: tabular-nums;
}
main { max-width: 880px; margin: 0 auto; padding: 48px 24px; }
h1 { font-size: 28px; line-height: 1.2; font-weight: 650; margin: 0 0 8px; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; line-height: 1.3; font-weight: 650; margin: 48px 0 4px; }
h3 { font-size: 13px; line-height: 1.4; font-weight: 600; margin: 0; }
p { margin: 0 0 16px; max-width: 68ch; }
.quiet, figcaption, .axis, .scatter text { color: var(--quiet); font-size: 13px; }
.lead { font-size: 18px; line-height: 1.45; margin: 16px 0 0; }
.warn { color: var(--warn); } .bad { color: var(--bad); } .good { color: var(--good); }
figure { margin: 16px 0 0; }
figcaption { margin-top: 8px; max-width: 68ch; }
.row { display: grid; grid-template-columns: minmax(88px, 22%) 1fr 56px; gap: 0 16px; align-items: center; }
.row .name { display: flex; align-items: center; gap: 8px; min-width: 0; overflow-wrap: anywhere; font-size: 13px; line-height: 14px; }
.row .value { text-align: right; font-weight: 600; }
.track { display: block; width: 100%; height: 28px; overflow: visible; }
.axis .track { height: 20px; }
.pairs .row { grid-template-columns: minmax(88px, 30%) 1fr 56px; }
.grid, .tick { stroke: var(--line); stroke-width: 1; }
.zero { stroke: var(--quiet); stroke-width: 1; }
.axis text, .scatter text { fill: var(--quiet); font-size: 13px; }
.whisker { stroke-width: 2; stroke-linecap: round; opacity: .65; }
.reach { stroke-width: 1.5; stroke-dasharray: 2 4; opacity: .8; }
.bar { opacity: .28; }
.swatch { flex: none; }
.c0 { fill: var(--c0); stroke: var(--c0); } .c1 { fill: var(--c1); stroke: var(--c1); } .c2 { fill: var(--c2); stroke: var(--c2); }
.c3 { fill: var(--c3); stroke: var(--c3); } .c4 { fill: var(--c4); stroke: var(--c4); } .c5 { fill: var(--c5); stroke: var(--c5); }
rect.bar, .c0 path, .c1 path, .c2 path, .c3 path, .c4 path, .c5 path { stroke: none; }
.scatter { display: block; width: 100%; overflow: visible; }
.scatter text.label { font-weight: 600; stroke: var(--page); stroke-width: 4px; paint-order: stroke; stroke-linejoin: round; }
.scatter text.c0 { fill: var(--c0); } .scatter text.c1 { fill: var(--c1); } .scatter text.c2 { fill: var(--c2); }
.scatter text.c3 { fill: var(--c3); } .scatter text.c4 { fill: var(--c4); } .scatter text.c5 { fill: var(--c5); }
.group { padding: 8px 0; }
.group + .group { border-top: 1px solid var(--line); }
.bars .row { margin-top: -2px; }
.scroll { overflow-x: auto; margin-top: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; line-height: 1.4; }
th, td { padding: 8px 16px 8px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child { text-align: left; white-space: normal; font-weight: 400; }
thead th { color: var(--quiet); font-weight: 600; vertical-align: bottom; }
thead th .swatch { vertical-align: -2px; margin-right: 4px; }
th:last-child, td:last-child { padding-right: 0; }
td small { display: block; color: var(--quiet); font-size: 13px; }
td b { font-weight: 600; }
details { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 8px 0; }
summary:focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
.numbers { border: 0; margin-top: 8px; }
.numbers summary { color: var(--quiet); font-size: 13px; padding: 4px 0; }
.rowdetail summary { display: grid; grid-template-columns: 16px 1fr auto; gap: 8px; }
.rowdetail summary::before { content: "+"; color: var(--quiet); }
.rowdetail[open] summary::before { content: "–"; }
.rowdetail summary { list-style: none; }
.rowdetail summary::-webkit-details-marker { display: none; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 16px; padding: 8px 0 24px 24px; }
.answer { background: var(--raised); border-radius: 8px; padding: 16px; min-width: 0; }
.gold { grid-column: 1 / -1; }
.gold p { white-space: pre-wrap; }
.gold p, .answer p:last-child { margin: 0; }
.answer h3 { display: flex; gap: 8px; align-items: center; margin-bottom: 8px; }
.answer h3 .value { margin-left: auto; }
.answer p { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 0 8px; }
a { color: inherit; }
@media (max-width: 560px) {
	main { padding: 24px 16px; }
	h1 { font-size: 28px; }
	.row, .pairs .row { grid-template-columns: 1fr 56px; gap: 0 8px; margin-top: 8px; }
	.row .track { grid-row: 2; }
	.row .name { grid-column: 1 / -1; }
	.row .value { grid-row: 2; }
	.axis .name { display: none; }
	.bars .row { margin-top: 4px; }
	.answers { padding-left: 0; }
	.rowdetail summary { grid-template-columns: 16px 1fr; }
	.rowdetail summary .quiet { grid-column: 2; }
}
@media print {
	:root {
		--ink: #000; --quiet: #444; --line: #ccc; --page: #fff; --raised: #f5f5f5;
		--good: #1a7f4b; --bad: #b3372f; --warn: #8a5a00;
		--c0: #2f5fb3; --c1: #c2571a; --c2: #2b8a6f; --c3: #8b4a9c; --c4: #9a7b10; --c5: #5b6b7a;
	}
	main { max-width: none; padding: 0; }
	h2 { margin-top: 24px; }
	figure:not(:has(.bars)), .group, tr, .answer, .rowdetail { break-inside: avoid; }
	h2, h2 + p, h3, .rowdetail summary { break-after: avoid; }
	.numbers { display: none; }
	.answers { padding-bottom: 16px; }
	details::details-content { content-visibility: visible; block-size: auto; }
	.scroll { overflow: visible; }
	* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

import { escape } from './markup.ts';
import { style } from './style.ts';

/** One HTML page that refers to nothing outside itself. `title` is text, `body` HTML; `extraStyle` is CSS behind that of every report. */
export function page(title: string, body: string, extraStyle = ''): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>${style}${extraStyle}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

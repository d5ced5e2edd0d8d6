/** Where the benchmark's real English text comes from: Debian's documentation packages, else the evaluation data at hand. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { plainText } from './plain-text.ts';

export type SourceText = { readonly source: string; readonly title: string; readonly text: string };
export type Texts = { readonly kind: 'debian' | 'data'; readonly note: string; readonly files: Iterable<SourceText> };

/** English documentation of Debian 12, by name and not by version; what a mirror does not have is left out and said so. */
const packages = `apache2-doc bind9-doc cmake-doc debian-handbook debian-policy debian-reference-en developers-reference
	erlang-doc exim4-doc-html gap-doc git-doc gnucash-docs kicad-doc-en libgtk-3-doc lilypond-doc-html linux-doc-6.1
	maxima-doc nodejs-doc octave-doc perl-doc postgis-doc postgresql-doc-15 python-django-doc python-pandas-doc
	python-scipy-doc python-sklearn-doc python-sqlalchemy-doc python3.11-doc qtbase5-doc-html r-doc-html racket-doc
	rust-doc slurm-wlm-doc sqlite3-doc vim-doc zsh-doc`.split(/\s+/);

const largestFile = 2_000_000;

export function findTexts(cache: string, data: string): Texts {
	const present = packages.filter((name) => unpack(name, cache));
	const missing = packages.filter((name) => !present.includes(name));
	if (present.length >= packages.length / 2) {
		const without = missing.length === 0 ? '' : `; not available: ${missing.join(', ')}`;
		return {
			kind: 'debian',
			note: `${present.length} Debian documentation packages${without}`,
			files: debianFiles(present, cache),
		};
	}
	if (!existsSync(data)) {
		throw new Error(`No text: only ${present.length} of ${packages.length} Debian packages, and no folder ${data}.`);
	}
	return {
		kind: 'data',
		note: `text of the evaluation data (scifact, squad2, xquad, 18F handbook), recombined, because only ${present.length} of ${packages.length} Debian packages could be had`,
		files: dataFiles(data),
	};
}

/** Downloads and unpacks a package once; false when that fails. */
function unpack(name: string, cache: string): boolean {
	const archives = join(cache, 'deb');
	const folder = join(cache, 'unpacked', name);
	if (existsSync(folder)) return true;
	mkdirSync(archives, { recursive: true });
	mkdirSync(join(cache, 'unpacked'), { recursive: true });
	const find = (): string | undefined => readdirSync(archives).find((file) => file.startsWith(`${name}_`));
	try {
		if (find() === undefined) execFileSync('apt-get', ['download', '-qq', name], { cwd: archives, stdio: 'ignore' });
		const temporary = `${folder}.tmp`;
		execFileSync('dpkg-deb', ['-x', join(archives, find()!), temporary], { stdio: 'ignore' });
		renameSync(temporary, folder);
		rmSync(join(archives, find()!));
		return true;
	} catch {
		return false;
	}
}

function* debianFiles(names: readonly string[], cache: string): Generator<SourceText> {
	for (const name of names) {
		const root = join(cache, 'unpacked', name);
		for (const path of globSync('usr/share/**/*', { cwd: root }).sort()) {
			const file = statSync(join(root, path), { throwIfNoEntry: false });
			if (file === undefined || !file.isFile() || file.size > largestFile) continue;
			const text = plainText(path, readFileSync(join(root, path)));
			if (text === null) continue;
			yield { source: `${name}/${path}`, title: titleOf(path), text };
		}
	}
}

function titleOf(path: string): string {
	return basename(path)
		.replace(/\.gz$/, '')
		.replace(/\.\w+$/, '')
		.replace(/[-_.]+/g, ' ');
}

function* dataFiles(data: string): Generator<SourceText> {
	for (const path of ['scifact/corpus.jsonl.gz', 'squad2/corpus.jsonl.gz', 'xquad/corpus.en.jsonl.gz']) {
		const lines = gunzipSync(readFileSync(join(data, path)))
			.toString('utf8')
			.trim()
			.split('\n');
		for (const line of lines) {
			const { _id, title, text } = JSON.parse(line) as { _id: string; title?: string; text: string };
			yield { source: `${path}/${_id}`, title: title ?? '', text };
		}
	}
	for (const path of globSync('handbook-18f/r2/**/*.md', { cwd: data }).sort()) {
		const text = plainText(path, readFileSync(join(data, path)));
		if (text !== null) yield { source: path, title: titleOf(path), text };
	}
}

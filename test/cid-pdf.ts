/** A font as East Asian PDFs have them: no letters inside, only the names of a character map and of a collection of characters. */
export type CidFont = {
	/** Its predefined character map, such as `GBK-EUC-H`. */
	readonly map: string;
	/** Adobe's collection that the map leads to, such as `GB1`. */
	readonly collection: string;
};

/** Lines of text as codes of the font, in hexadecimal. */
export type CidPage = { readonly font: CidFont; readonly lines: readonly string[] };

/** A PDF of such pages, written by hand (ISO 32000-1, 7.5 and 9.7): lines of 12 points, one below the other. */
export function cidPdf(pages: readonly CidPage[]): Buffer {
	const kids = pages.map((_, index) => `${3 + index * 5} 0 R`).join(' ');
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
		...pages.flatMap((page, index) => pageObjects(page, 3 + index * 5)),
	];
	let file = '%PDF-1.4\n';
	let places = '0000000000 65535 f \n';
	for (const [index, object] of objects.entries()) {
		places += `${String(file.length).padStart(10, '0')} 00000 n \n`;
		file += `${index + 1} 0 obj\n${object}\nendobj\n`;
	}
	const size = objects.length + 1;
	const end = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
	return Buffer.from(`${file}xref\n0 ${size}\n${places}${end}`, 'latin1');
}

/** A page, what is drawn on it, its font, that font's characters and their measures, numbered from `first`. */
function pageObjects({ font, lines }: CidPage, first: number): string[] {
	const content = `BT /F 12 Tf 16 TL 72 760 Td ${lines.map((line) => `<${line}> Tj T*`).join(' ')} ET`;
	const characters = `<< /Registry (Adobe) /Ordering (${font.collection}) /Supplement 2 >>`;
	const measures =
		'/Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80';
	return [
		`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${first + 1} 0 R /Resources << /Font << /F ${first + 2} 0 R >> >> >>`,
		`<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
		`<< /Type /Font /Subtype /Type0 /BaseFont /Absent /Encoding /${font.map} /DescendantFonts [${first + 3} 0 R] >>`,
		`<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Absent /CIDSystemInfo ${characters} /FontDescriptor ${first + 4} 0 R >>`,
		`<< /Type /FontDescriptor /FontName /Absent ${measures} >>`,
	];
}

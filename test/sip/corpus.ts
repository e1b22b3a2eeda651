import { readFileSync } from "node:fs";
import { join } from "node:path";

const DATA = join(import.meta.dirname, "..", "data", "sip");

export function octets(path: string): Buffer {
	return readFileSync(join(DATA, path));
}

export function text(path: string): string {
	return readFileSync(join(DATA, path), "utf8");
}

export interface Rfc4475Test {
	file: string;
	reference: string;
	syntax: "valid" | "invalid" | "tolerable";
	size: number;
	sha256: string;
	headerEnd: number | null;
	bodyOctets: number | null;
	contentLength: string[];
	mustDo: string[];
	diagnostics: string[];
}

export const rfc4475 = JSON.parse(text("rfc4475/index.json")) as {
	tests: Rfc4475Test[];
	variants: { file: string; size: number; sha256: string }[];
};

export interface Rfc5118Test {
	archiveFile: string;
	archiveSize: number;
	archiveSha256: string;
	wireFile: string;
	wireSize: number;
	wireSha256: string;
	syntax: "valid" | "invalid" | "tolerable";
	declaredContentLength: number;
	wireBodyOctets: number;
	mustDo: string[];
	diagnostics: string[];
	fixedLengthFile?: string;
	fixedLengthSha256?: string;
}

export const rfc5118 = JSON.parse(text("rfc5118/index.json")) as { tests: Rfc5118Test[] };

export interface JsipCase {
	number: number;
	description: string;
	kind: "message" | "sip-header" | "sip-url";
	octets: Buffer;
	/** the NIST parser must complain */
	rejects: boolean;
}

/** The cases of torture.xml: text in CDATA with LF line ends, `<hex>` for octets that XML cannot hold. */
export function jsipCases(): JsipCase[] {
	const cases: JsipCase[] = [];
	for (const [index, match] of [...text("messages/jsip-torture.xml").matchAll(/<testcase>([\s\S]*?)<\/testcase>/g)].entries()) {
		const body = match[1]!;
		const description = /<description>\s*<!\[CDATA\[([\s\S]*?)\]\]>/.exec(body)?.[1]?.trim() ?? "";
		const subject = /<(message|sip-header|sip-url)>\s*<!\[CDATA\[([\s\S]*?)\]\]>/.exec(body);
		if (subject === null) throw new Error(`case ${index} of torture.xml has no subject`);
		cases.push({
			number: index,
			description,
			kind: subject[1] as JsipCase["kind"],
			octets: jsipOctets(subject[2]!),
			rejects: body.includes("<expect-exception-callback"),
		});
	}
	return cases;
}

function jsipOctets(source: string): Buffer {
	const parts: Buffer[] = [];
	for (const piece of source.split(/(<hex>[0-9A-Fa-f]+<\/hex>)/)) {
		const hex = /^<hex>([0-9A-Fa-f]+)<\/hex>$/.exec(piece);
		parts.push(hex === null ? Buffer.from(piece.replace(/\r?\n/g, "\r\n"), "utf8") : Buffer.from(hex[1]!, "hex"));
	}
	return Buffer.concat(parts);
}

/** Inputs of the Go corpus files: the octets are the quoted string. */
export function goCorpus(file: string): Buffer {
	const quoted = /^string\((".*")\)$/m.exec(text(`fuzz/${file}`))?.[1];
	if (quoted === undefined) throw new Error(`${file} holds no string`);
	return Buffer.from(JSON.parse(quoted.replace(/\\x([0-9a-f]{2})/g, "\\u00$1")) as string, "latin1");
}

export const GO_CORPUS = [
	"sipgo-2c025c3ae292cb8b",
	"sipgo-60d4a7b56f87dca0",
	"sipgo-8f997b6062f4880d",
	"sipgo-92cfc4c51bbcdddf",
	"sipgo-cfdb2b227e2e14aa",
	"sipgo-dc4d8cf7ba83620b",
];

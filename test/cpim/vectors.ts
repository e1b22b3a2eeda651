import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type CpimMessage, parseCpim } from "../../src/core/protocols/cpim/index.js";

export const DATA = fileURLToPath(new URL("../data/cpim/", import.meta.url));

/** The bodies of the MSRP frames in a file, put together, or the file itself when it holds a bare body. */
export function cpimOf(file: string): Buffer {
	const octets = readFileSync(`${DATA}${file}`);
	if (!octets.toString("latin1").startsWith("MSRP ")) return octets;
	return Buffer.concat(chunksOf(file));
}

/** Body of each MSRP frame, by simple slicing: the data has no look-alikes. */
export function chunksOf(file: string): Buffer[] {
	const text = readFileSync(`${DATA}${file}`).toString("latin1");
	const chunks: Buffer[] = [];
	for (let at = text.indexOf("MSRP "); at >= 0; ) {
		const id = text.slice(at + 5, text.indexOf(" ", at + 5));
		const end = text.indexOf(`\r\n-------${id}`, at);
		const body = text.indexOf("\r\n\r\n", at);
		chunks.push(body < 0 || body > end ? Buffer.alloc(0) : Buffer.from(text.slice(body + 4, end), "latin1"));
		at = text.indexOf("MSRP ", end + 9 + id.length);
	}
	return chunks;
}

export function parseAll(octets: Buffer): CpimMessage {
	return parseCpim(octets, 0, octets.length, true);
}

export function parseText(text: string, complete = true): CpimMessage {
	const octets = Buffer.from(text.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n"), "utf8");
	return parseCpim(octets, 0, octets.length, complete);
}

/** What a reader of a test wants to see of a message, without spans. */
export function summary(octets: Buffer, message: CpimMessage) {
	const address = ({ displayName, uriText, faults, trailing }: CpimMessage["from"][number]) =>
		[displayName, uriText, ...faults, ...(trailing === "" ? [] : [`trailing ${trailing}`])].join(" | ");
	return {
		headers: message.headers.map(({ name }) => name).join(" "),
		from: message.from.map(address),
		to: message.to.map(address),
		cc: message.cc.map(address),
		dateTime: message.dateTime,
		imdn: message.imdn,
		mime: message.mime.map(({ name }) => name).join(" "),
		contentType: message.contentType,
		content: octets.toString("utf8", message.contentStart, message.contentEnd),
		headersComplete: message.headersComplete,
		mimeComplete: message.mimeComplete,
		missingSeparator: message.missingSeparator,
		problems: message.problems.map(({ id, offset, length }) => `${id} ${offset}+${length}`),
	};
}

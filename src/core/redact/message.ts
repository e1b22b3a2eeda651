import type { MsrpEntry, SipEntry } from "../model/entry.js";
import { DEFAULT_LIMITS } from "../model/limits.js";
import { parseCpim } from "../protocols/cpim/index.js";
import { decodeContentEncoding } from "../protocols/mime/index.js";
import { redactHeaders, redactStartLine } from "./head.js";
import type { Keyed } from "./keyed.js";
import { redactSdp } from "./sdp.js";
import { blank, mask } from "./text.js";
import { redactXml } from "./xml.js";

/** The octets of a whole message with pseudonyms in it, as many as before, so that no length has to be mended; but for what was packed. */
export function redactMessage(keyed: Keyed, entry: SipEntry | MsrpEntry): Buffer {
	return Buffer.from(entry.protocol === "sip" ? redactSip(keyed, entry) : redactMsrp(keyed, entry), "latin1");
}

function redactSip(keyed: Keyed, { sip }: SipEntry): string {
	const text = sip.bytes.toString("latin1", sip.start, sip.end);
	const at = sip.bodyLength > 0 ? text.length - sip.bodyLength : text.length;
	const head = redactHead(keyed, text.slice(0, at));
	const type = sip.get("content-type");
	const encoding = sip.get("content-encoding");
	if (encoding === undefined) return head + redactContent(keyed, type, text.slice(at), undefined);
	const plain = decodeContentEncoding(encoding, sip.bytes, sip.end - sip.bodyLength, sip.end, DEFAULT_LIMITS.inspect);
	if (plain === undefined) return head + blank(text.slice(at));
	// What was packed is sent as it is: packed again it would have another length, and nobody needs it packed.
	const body = redactContent(keyed, type, plain.toString("latin1"), undefined);
	return (
		head
			.replace(/^((?:content-encoding|e)[ \t]*:[ \t]*)[^\r\n]*/im, "$1identity")
			.replace(/^((?:content-length|l)[ \t]*:[ \t]*)\d+/im, (_, start: string) => start + body.length) + body
	);
}

function redactMsrp(keyed: Keyed, { msrp, message }: MsrpEntry): string {
	const text = msrp.bytes.toString("latin1", msrp.start, msrp.end);
	if (msrp.bodyOffset < 0) return redactHead(keyed, text);
	const end = msrp.bodyOffset + msrp.bodyLength;
	const body = text.slice(msrp.bodyOffset, end);
	const type = message?.contentType ?? msrp.contentType;
	const start = msrp.byteRange?.start ?? 1;
	const whole = msrp.flag === "$" && start === 1;
	const made = whole ? redactContent(keyed, type, body, undefined) : redactPiece(keyed, type, body, Number(start) - 1, message?.content);
	return redactHead(keyed, text.slice(0, msrp.bodyOffset)) + made + text.slice(end);
}

function redactHead(keyed: Keyed, head: string): string {
	const line = /^[^\r\n]*/.exec(head)![0];
	return redactStartLine(keyed, line) + redactHeaders(keyed, head.slice(line.length));
}

/** A chunk: of CPIM whose headers are in this chunk those are kept readable, everything else is masked. */
function redactPiece(keyed: Keyed, type: string | undefined, body: string, at: number, content: Buffer | undefined): string {
	if (!isCpim(type)) return isText(type) ? mask(body) : blank(body);
	const known = at === 0 ? Buffer.from(body, "latin1") : (content ?? Buffer.alloc(0));
	const { contentStart, mimeComplete } = parseCpim(known, 0, known.length, false);
	if (!mimeComplete) return at === 0 ? redactHeaders(keyed, body) : mask(body);
	const head = Math.min(body.length, Math.max(0, contentStart - at));
	return (at === 0 ? redactHeaders(keyed, body.slice(0, head)) : mask(body.slice(0, head))) + mask(body.slice(head));
}

/** A content by its type; what is encoded or unknown is blanked out. */
function redactContent(keyed: Keyed, type = "", text: string, encoding: string | undefined, depth = 0): string {
	if (encoding !== undefined || depth > 4) return blank(text);
	const low = type.trim().toLowerCase();
	if (low.startsWith("application/sdp")) return redactSdp(keyed, text);
	if (isCpim(type)) return redactCpim(keyed, text, depth);
	if (/^(?:application|text|message)\/(?:[^;]*\+)?xml\b/.test(low)) return redactXml(keyed, text);
	if (low.startsWith("message/sipfrag") || low.startsWith("message/sip")) return redactHead(keyed, text);
	if (low.startsWith("multipart/")) return redactParts(keyed, type, text, depth);
	return isText(type) ? mask(text) : blank(text);
}

function redactCpim(keyed: Keyed, text: string, depth: number): string {
	const octets = Buffer.from(text, "latin1");
	const cpim = parseCpim(octets, 0, octets.length, true);
	const head = redactHeaders(keyed, text.slice(0, cpim.contentStart));
	const encoding = cpim.mime.find(({ name }) => name.toLowerCase() === "content-encoding")?.value;
	const written = cpim.mime.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? cpim.contentType;
	return head + redactContent(keyed, written, text.slice(cpim.contentStart), encoding, depth + 1);
}

/** The parts of a multipart, by the lines of its boundary. */
function redactParts(keyed: Keyed, type: string, text: string, depth: number): string {
	const boundary = /boundary\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(type);
	const name = boundary?.[1] ?? boundary?.[2];
	if (name === undefined || name === "") return blank(text);
	const lines = new RegExp(`((?:^|\\r?\\n)--${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?:--)?[ \\t]*(?:\\r?\\n|$))`);
	return text
		.split(lines)
		.map((part, n) => {
			if (n % 2 === 1) return part;
			if (n === 0) return mask(part);
			const blankLine = /\r?\n\r?\n/.exec(part);
			if (blankLine === null) return mask(part);
			const head = part.slice(0, blankLine.index + blankLine[0].length);
			const inner = /^content-type:\s*([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)/im.exec(head)?.[1];
			const encoding = /^content-encoding:\s*([^\r\n]*)/im.exec(head)?.[1];
			return redactHeaders(keyed, head) + redactContent(keyed, inner, part.slice(head.length), encoding, depth + 1);
		})
		.join("");
}

function isCpim(type: string | undefined): boolean {
	return type !== undefined && /^\s*message\/cpim\b/i.test(type);
}

function isText(type: string | undefined): boolean {
	return type === undefined || type === "" || /^\s*text\//i.test(type);
}

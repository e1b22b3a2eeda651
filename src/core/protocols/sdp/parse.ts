import type { Problem } from "../../model/problem.js";
import { msrpOf } from "./msrp.js";
import { LineOrder } from "./order.js";
import type { Sdp, SdpAttribute, SdpConnection, SdpLine, SdpMedia } from "./types.js";

const MAX_LINES = 16_384;
const MAX_PROBLEMS = 100;

type Direction = SdpMedia["direction"];

/**
 * Reads the session description buf[start, end) (RFC 8866 §5). CRLF and LF end a line; empty lines are passed over.
 * Wrong lines become problems and reading goes on; at most 16,384 lines and 100 problems are kept.
 * What is wrong by the rules of MSRP is found by the checks, not here. Never throws.
 */
export function parseSdp(buf: Buffer, start: number, end: number): Sdp {
	const text = buf.toString("latin1", start, end);
	const ascii = !NON_ASCII.test(text);
	const problems: Problem[] = [];
	const sdp: Sdp = { lines: [], origin: undefined, sessionName: undefined, connection: undefined, attributes: [], media: [], problems };
	const order = new LineOrder(problems);
	let media: SdpMedia | undefined;
	let pos = 0;
	while (pos < text.length) {
		const lineFeed = text.indexOf("\n", pos);
		const next = lineFeed < 0 ? text.length : lineFeed + 1;
		let lineEnd = lineFeed < 0 ? next : lineFeed;
		if (lineEnd > pos && text.charCodeAt(lineEnd - 1) === 0x0d) lineEnd--;
		const lineStart = pos;
		pos = next;
		if (lineEnd === lineStart) continue;
		if (sdp.lines.length >= MAX_LINES) {
			malformed(problems, lineStart, text.length - lineStart, `more than ${MAX_LINES} lines`);
			break;
		}
		if (text.charCodeAt(lineStart + 1) !== 0x3d) {
			malformed(problems, lineStart, next - lineStart, "not type=value");
			continue;
		}
		const value = ascii ? text.slice(lineStart + 2, lineEnd) : buf.toString("utf8", start + lineStart + 2, start + lineEnd);
		const line: SdpLine = { type: text[lineStart]!, value, start: lineStart, end: next, valueStart: lineStart + 2, valueEnd: lineEnd };
		sdp.lines.push(line);
		order.line(line);
		switch (line.type) {
			case "a": {
				const attribute = parseAttribute(line);
				(media === undefined ? sdp : media).attributes.push(attribute);
				break;
			}
			case "m":
				media = parseMedia(line, sdp.media.length, problems);
				sdp.media.push(media);
				break;
			case "c": {
				const connection = parseConnection(line, problems);
				if (media === undefined) sdp.connection ??= connection;
				else media.connection ??= connection;
				break;
			}
			case "o":
				if (media === undefined && sdp.origin === undefined) sdp.origin = parseOrigin(line, problems);
				break;
			case "s":
				if (media === undefined) sdp.sessionName ??= value;
				break;
		}
	}
	order.end(sdp);
	finish(sdp);
	if (problems.length > MAX_PROBLEMS) problems.length = MAX_PROBLEMS;
	return sdp;
}

const NON_ASCII = /[\x80-\xff]/;

function finish(sdp: Sdp): void {
	if (sdp.media.length === 0) return;
	const inherited = directionOf(sdp.attributes) ?? "sendrecv";
	for (const media of sdp.media) {
		media.connection ??= sdp.connection;
		media.direction = directionOf(media.attributes) ?? inherited;
		const proto = media.proto.toUpperCase();
		if (proto === "TCP/MSRP" || proto === "TCP/TLS/MSRP") media.msrp = msrpOf(media.attributes, sdp.attributes);
	}
}

function directionOf(attributes: readonly SdpAttribute[]): Direction | undefined {
	for (const { name, value } of attributes) {
		if (value === undefined && (name === "sendrecv" || name === "sendonly" || name === "recvonly" || name === "inactive")) return name;
	}
	return undefined;
}

function parseAttribute(line: SdpLine): SdpAttribute {
	const colon = line.value.indexOf(":");
	if (colon < 0) return { name: line.value, value: undefined, line };
	return { name: line.value.slice(0, colon), value: line.value.slice(colon + 1), line };
}

/** RFC 8866 §5.14. A port that is no number gives -1. */
function parseMedia(line: SdpLine, index: number, problems: Problem[]): SdpMedia {
	const [media = "", transport = "", proto = "", ...formats] = fields(line.value);
	const slash = transport.indexOf("/");
	const port = number(slash < 0 ? transport : transport.slice(0, slash));
	const portCount = slash < 0 ? 1 : number(transport.slice(slash + 1));
	if (proto === "" || formats.length === 0 || port < 0 || port > 65535 || portCount < 1) {
		malformed(problems, line.start, line.end - line.start, "m= is not media port proto format");
	}
	return {
		index,
		line,
		media,
		port,
		portCount: Math.max(portCount, 1),
		proto,
		formats,
		connection: undefined,
		attributes: [],
		direction: "sendrecv",
		msrp: undefined,
	};
}

/** RFC 8866 §5.7. */
function parseConnection(line: SdpLine, problems: Problem[]): SdpConnection {
	const parts = fields(line.value);
	if (parts.length !== 3) malformed(problems, line.start, line.end - line.start, "c= is not nettype addrtype address");
	return { netType: parts[0] ?? "", addrType: parts[1] ?? "", address: parts[2] ?? "", line };
}

/** RFC 8866 §5.2. A user name with spaces, which occurs, is kept whole. */
function parseOrigin(line: SdpLine, problems: Problem[]): Sdp["origin"] {
	const parts = fields(line.value);
	if (parts.length !== 6) malformed(problems, line.start, line.end - line.start, "o= does not have six fields");
	if (parts.length < 6) return undefined;
	const [sessionId, version, netType, addrType, address] = parts.slice(-5) as [string, string, string, string, string];
	return { user: parts.slice(0, -5).join(" "), sessionId, version, netType, addrType, address, line };
}

function fields(value: string): string[] {
	const parts = value.split(" ");
	return parts.includes("") ? parts.filter((part) => part !== "") : parts;
}

function number(text: string): number {
	return /^\d{1,10}$/.test(text) ? Number(text) : -1;
}

function malformed(problems: Problem[], offset: number, length: number, detail: string): void {
	if (problems.length < MAX_PROBLEMS) problems.push({ id: "sdp.malformed-line", offset, length, detail });
}

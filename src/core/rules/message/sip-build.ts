import type { Endpoint, Flow } from "../../model/flow.js";
import { address, contacts, cseq, type SipMessage, tag, topVia } from "../../protocols/sip/index.js";
import { parseNameAddr } from "../../protocols/uri/index.js";
import type { RelayConnection } from "../../relay/stage.js";
import { oneLine } from "./headers.js";
import { type HeaderRow, rowsOf } from "./msrp-build.js";

export interface SipBody {
	type: string;
	octets: Buffer;
}

/** Requests whose 2xx has to say where the dialog's later requests go (RFC 3261 §12.1.1, RFC 6665 §4.4.1). */
const NEEDS_CONTACT = /^(?:INVITE|SUBSCRIBE|UPDATE|NOTIFY|REFER)$/;

/**
 * A response to a request, with the rows that RFC 3261 §8.2.6.2 has it copy, octet for octet; Record-Route where it can make a
 * dialog (§12.1.1). The top Via gets `received` and `rport` where it asks for them (RFC 3581 §4).
 *
 * @param octets of the request
 * @param source where the request came from
 * @param toTag for a To without one; 100 gets none
 */
export function sipResponse(
	request: SipMessage,
	octets: Buffer,
	{ status, reason, headers = [], body }: { status: number; reason: string; headers?: readonly HeaderRow[]; body?: SipBody | undefined },
	source: Endpoint,
	toTag: string,
): Buffer {
	const parts: Buffer[] = [Buffer.from(`SIP/2.0 ${status} ${oneLine(reason)}\r\n`, "utf8")];
	const copy = (key: string): void => {
		for (const row of request.headers) if (row.key === key) parts.push(octets.subarray(row.start, row.end));
	};
	const top = request.row("via");
	for (const row of request.headers) {
		if (row.key !== "via") continue;
		const text = octets.toString("latin1", row.start, row.end);
		parts.push(row.start === top?.start ? Buffer.from(withSource(request, text, source), "latin1") : octets.subarray(row.start, row.end));
	}
	if (status > 100 && status < 300) copy("record-route");
	copy("from");
	if (status === 100 || tag(request, "to") !== undefined) copy("to");
	else {
		const row = request.row("to");
		if (row !== undefined) parts.push(Buffer.concat([octets.subarray(row.start, row.valueEnd), Buffer.from(`;tag=${toTag}\r\n`)]));
	}
	copy("call-id");
	copy("cseq");
	const given = new Set(headers.map(([name]) => name.toLowerCase()));
	const rows: HeaderRow[] = [...headers];
	if (status >= 200 && status < 300 && NEEDS_CONTACT.test(request.method) && !given.has("contact") && !given.has("m"))
		rows.push(["Contact", `<${request.requestUri}>`]);
	parts.push(Buffer.from(`${rowsOf([...rows, ...contentRows(body)])}\r\n`, "utf8"));
	if (body !== undefined) parts.push(body.octets);
	return Buffer.concat(parts);
}

/** The row of the top Via as its receiver completes it. */
function withSource(request: SipMessage, row: string, source: Endpoint): string {
	const via = topVia(request);
	if (via === undefined || via.rport !== null || via.received !== undefined) return row;
	const host = source.address.includes(":") ? `[${source.address}]` : source.address;
	return row.replace(/;\s*rport\s*(?=[;,\r\n])/i, `;rport=${source.port};received=${host}`);
}

function contentRows(body: SipBody | undefined): HeaderRow[] {
	const type: HeaderRow[] = body === undefined ? [] : [["Content-Type", body.type]];
	return [...type, ["Content-Length", String(body?.octets.length ?? 0)]];
}

export interface SipRequestParts {
	method: string;
	/** undefined: the remote target as far as the message at hand tells it */
	uri?: string | undefined;
	/** rows given by the user; those that are missing are filled in */
	headers: readonly HeaderRow[];
	body?: SipBody | undefined;
}

/**
 * A request of our own beside a message at hand: in its dialog, next in order of its sender (RFC 3261 §12.2.1.1), or outside of
 * dialogs with a Call-ID and tag of its own where that message is outside of one too.
 *
 * @param to along with the message, or back to its sender
 * @param skip by how much CSeq is above the one at hand
 */
export function sipRequest(
	message: SipMessage,
	{ method, uri, headers, body }: SipRequestParts,
	to: "on" | "back",
	connection: RelayConnection,
	dir: 0 | 1,
	{ token, skip }: { token: string; skip: number },
): Buffer {
	const leg = (to === "on") === (dir === 0) ? connection.server : connection.client;
	const own = leg === connection.server ? leg.a : leg.b;
	const turned = (message.kind === "response") !== (to === "back");
	const [local, remote] = turned ? (["to", "from"] as const) : (["from", "to"] as const);
	const inDialog = tag(message, "from") !== undefined && tag(message, "to") !== undefined;
	const from = message.get(local) ?? "<sip:anonymous@anonymous.invalid>";
	const target = message.get(remote) ?? "<sip:anonymous@anonymous.invalid>";
	const rows: HeaderRow[] = [
		["Via", `SIP/2.0/${transportOf(leg)} ${hostPort(own)};branch=z9hG4bK${token};rport`],
		["Max-Forwards", "70"],
		["From", inDialog ? from : `${withoutTag(from)};tag=${token.slice(0, 8)}`],
		["To", inDialog ? target : withoutTag(target)],
		["Call-ID", inDialog ? (message.get("call-id") ?? token) : token],
		["CSeq", `${inDialog ? (cseq(message)?.number ?? 0) + skip : 1} ${method}`],
	];
	if (NEEDS_CONTACT.test(method)) rows.push(["Contact", `<sip:${hostPort(own)};transport=${transportOf(leg).toLowerCase()}>`]);
	const given = new Map(headers.map((row) => [row[0].toLowerCase(), row]));
	const filled = rows.map((row) => given.get(row[0].toLowerCase()) ?? row);
	const names = new Set(rows.map(([name]) => name.toLowerCase()));
	const others = headers.filter(([name]) => !names.has(name.toLowerCase()) && !/^(?:content-length|l)$/i.test(name));
	const start = `${method} ${uri ?? remoteTarget(message, turned, remote)} SIP/2.0\r\n`;
	const type = others.some(([name]) => /^(?:content-type|c)$/i.test(name));
	const content = contentRows(body).filter(([name]) => name !== "Content-Type" || !type);
	return Buffer.concat([Buffer.from(`${start}${rowsOf([...filled, ...others, ...content])}\r\n`, "utf8"), body?.octets ?? Buffer.alloc(0)]);
}

function remoteTarget(message: SipMessage, turned: boolean, remote: "from" | "to"): string {
	const [contact] = contacts(message);
	// A Contact is that of the message's sender; turned, a request goes back to it, and so does one that goes back to a responder.
	if (turned === (message.kind === "request") && contact !== undefined) return contact.uriText;
	if (!turned && message.kind === "request") return message.requestUri;
	return address(message, remote)?.uriText ?? "sip:anonymous@anonymous.invalid";
}

/** The transport as Via writes it. */
function transportOf({ transport, carrier }: Flow): string {
	return (carrier ?? transport).toUpperCase();
}

function hostPort({ address: host, port }: Endpoint): string {
	return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function withoutTag(value: string): string {
	const { params, uriText, displayName, faults } = parseNameAddr(value);
	if (!params.some(({ name }) => name.toLowerCase() === "tag")) return value;
	const name = displayName === "" || faults.length > 0 ? "" : `"${displayName.replace(/["\\]/g, "\\$&")}" `;
	return `${name}<${uriText}>`;
}

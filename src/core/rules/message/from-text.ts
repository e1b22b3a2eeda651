import type { ActionContext } from "../actions/types.js";
import { type HeaderRow, msrpRequest, pathsOf } from "./msrp-build.js";
import { type SipBody, sipRequest } from "./sip-build.js";

const MSRP_START = /^MSRP (?:([A-Za-z0-9][A-Za-z0-9.+%=-]{3,31}) )?([A-Z]+)$/;
const SIP_START = /^([A-Za-z0-9.!%*_+`'~-]+)(?: (\S+)(?: SIP\/2\.0)?)?$/;

/** What is wrong with the beginning of a template, if anything. */
export function wrongStart(text: string): string | undefined {
	const line = /^[^\r\n]*/.exec(text)![0];
	if (line.includes("${") || (line.startsWith("MSRP ") ? MSRP_START : SIP_START).test(line)) return undefined;
	return `it begins with ${JSON.stringify(line.slice(0, 60))}; write "MSRP SEND", or a method of SIP, perhaps with its Request-URI`;
}

interface Parsed {
	start: string;
	rows: HeaderRow[];
	body: Buffer | undefined;
}

/**
 * A request out of its template, with what is missing filled in from the message at hand.
 *
 * @param count which message of this action on the connection it is, from 1: CSeq goes up by it
 * @throws Error when the template is no request, or has nothing of that protocol beside it
 */
export function requestFrom(text: Buffer, context: ActionContext, to: "on" | "back", count: number): { octets: Buffer; what: string } {
	const parsed = parse(text);
	return parsed.start.startsWith("MSRP ") ? msrpFrom(parsed, context, to) : sipFrom(parsed, context, to, count);
}

function parse(octets: Buffer): Parsed {
	// Octets, one a character: what is no UTF-8 survives.
	const text = octets.toString("latin1");
	const blank = /\r?\n\r?\n/.exec(text);
	const head = blank === null ? text.trimEnd() : text.slice(0, blank.index);
	const [start = "", ...lines] = head.split(/\r?\n/);
	const rows = lines.map((line): HeaderRow => {
		const colon = line.indexOf(":");
		if (colon <= 0) throw new Error(`${JSON.stringify(line.slice(0, 60))} is no header row`);
		return [utf8(line.slice(0, colon).trim()), utf8(line.slice(colon + 1).trim())];
	});
	// A block of YAML ends with a line feed that nobody means.
	const rest = blank === null ? undefined : text.slice(blank.index + blank[0].length).replace(/\r?\n$/, "");
	return { start, rows, body: rest === undefined ? undefined : Buffer.from(rest.replace(/\r?\n/g, "\r\n"), "latin1") };
}

function utf8(text: string): string {
	return Buffer.from(text, "latin1").toString("utf8");
}

function msrpFrom({ start, rows, body }: Parsed, { msrp, random }: ActionContext, to: "on" | "back"): { octets: Buffer; what: string } {
	const [, given, method] = MSRP_START.exec(start) ?? [];
	if (method === undefined) throw new Error(`${JSON.stringify(start.slice(0, 60))} begins no request of MSRP`);
	if (msrp === undefined) throw new Error("there is no message of MSRP beside it that would tell its paths");
	const has = (name: string): boolean => rows.some(([own]) => own.toLowerCase() === name);
	const paths = pathsOf(msrp, to);
	const head: HeaderRow[] = [];
	if (!has("to-path")) head.push(["To-Path", paths.to]);
	if (!has("from-path")) head.push(["From-Path", paths.from]);
	const own = [...rows];
	if (!has("message-id") && (method === "SEND" || method === "REPORT"))
		own.unshift(["Message-ID", method === "REPORT" ? (msrp.messageId ?? random.hex(8)) : random.hex(8)]);
	const length = body?.length ?? 0;
	if (!has("byte-range") && method === "SEND" && body !== undefined) own.unshift(["Byte-Range", `1-${length}/${length}`]);
	if (!has("byte-range") && method === "REPORT") own.push(["Byte-Range", msrp.get("byte-range") ?? "1-*/*"]);
	const order = ([name]: HeaderRow): number => {
		const key = name.toLowerCase();
		if (key === "to-path") return 0;
		if (key === "from-path") return 1;
		return key === "content-type" ? 4 : key.startsWith("content-") ? 3 : 2;
	};
	// To-Path and From-Path stand first, Content-Type last (RFC 4975 §9).
	const sorted = [...head, ...own].sort((a, b) => order(a) - order(b));
	let id = given ?? random.hex(8);
	while (given === undefined && body?.includes(`-------${id}`)) id = random.hex(8);
	return { octets: msrpRequest(id, method, sorted, body), what: `MSRP ${method}` };
}

function sipFrom(
	{ start, rows, body }: Parsed,
	context: ActionContext,
	to: "on" | "back",
	count: number,
): { octets: Buffer; what: string } {
	const [, method, uri] = SIP_START.exec(start) ?? [];
	if (method === undefined) throw new Error(`${JSON.stringify(start.slice(0, 60))} begins no request of SIP`);
	const { sip, connection, dir, random } = context;
	if (sip === undefined) throw new Error("there is no message of SIP beside it that would tell its dialog");
	const type = rows.find(([name]) => /^(?:content-type|c)$/i.test(name))?.[1];
	const content: SipBody | undefined = body === undefined ? undefined : { type: type ?? "text/plain", octets: body };
	const parts = { method, uri, headers: rows, body: content };
	return { octets: sipRequest(sip, parts, to, connection, dir, { token: random.hex(8), skip: count }), what: `SIP ${method}` };
}

import { findSdp } from "../protocols/find-sdp.js";
import { cseq, tag, topVia } from "../protocols/sip/index.js";
import type { SipMessage } from "../protocols/sip/types.js";
import type { Step, Unit } from "./types.js";
import { expectsMsrpAnswer, isRequest, readUnit, summaryOf, transactionOf } from "./unit.js";

/** What goes with a request in other messages of its call, as far as the capture has them. */
interface Traces {
	/** of this call, in order */
	requests: readonly SipMessage[];
	/** To-Path of MSRP requests by their From-Path's last URI */
	paths: ReadonlyMap<string, string>;
}

/**
 * Adds the messages that a capture lacks and that others of it show to have been there: answers of the side that was not captured, and
 * requests that captured answers belong to. What cannot be told is left out, with a sentence in `missing`.
 */
export function withImplied(steps: readonly Step[], missing: string[]): Step[] {
	const requests = new Map<string, Step>();
	const answered = new Set<string>();
	for (const step of steps) {
		const key = keyOf(step.unit);
		if (isRequest(step.unit)) requests.set(key, requests.get(key) ?? step);
		else if (!step.optional) answered.add(key);
	}
	const heard = new Set(steps.map(({ link, action }) => `${link.id} ${action}`));
	const traces = tracesOf(steps);
	const found: Step[] = [];
	const answers = new Map<string, Step>();
	const tally = { answers: [] as Step[], requests: [] as Step[] };
	for (const step of steps) {
		const key = keyOf(step.unit);
		if (!isRequest(step.unit)) {
			if (!requests.has(key)) {
				const asked = impliedRequest(step);
				if (asked === undefined) {
					missing.push(`#${step.entry}: ${step.summary} answers a request that is not in the capture`);
					continue;
				}
				tally.requests.push(asked);
				requests.set(key, asked);
				found.push(asked);
			}
			found.push(step);
			continue;
		}
		// What shows that an answer had come by now is behind it.
		const before = dueBefore(step, answers);
		if (before !== undefined) {
			found.push(before);
			answers.delete(keyOf(before.unit));
		}
		found.push(step);
		if (answered.has(key)) continue;
		const other = step.action === "send" ? "receive" : "send";
		const answer = impliedAnswer(step, other, traces.get(callOf(step.unit)) ?? NO_TRACES, !heard.has(`${step.link.id} ${other}`));
		if (answer === undefined) continue;
		tally.answers.push(answer);
		if (summaryOf(step.unit) === "INVITE") answers.set(keyOf(answer.unit), answer);
		else found.push(answer);
	}
	found.push(...answers.values());
	say(missing, tally.answers, "answers are", "taken for them is what other messages show, else any");
	say(missing, tally.requests, "requests are", "any of their methods is taken for them");
	return found;
}

function say(missing: string[], steps: readonly Step[], what: string, rest: string): void {
	const [first] = steps;
	if (first === undefined) return;
	missing.push(`${steps.length} ${what} not in the capture, the first ${first.summary} at #${first.entry}; ${rest}`);
}

const NO_TRACES: Traces = { requests: [], paths: new Map() };

function tracesOf(steps: readonly Step[]): Map<string, Traces> {
	const calls = new Map<string, { requests: SipMessage[]; paths: Map<string, string> }>();
	const paths = new Map<string, string>();
	for (const { unit } of steps) {
		if (unit.protocol === "sip") {
			const call = callOf(unit);
			const traces = calls.get(call) ?? { requests: [], paths };
			calls.set(call, traces);
			if (unit.sip.kind === "request") traces.requests.push(unit.sip);
		} else if (unit.msrp.kind === "request") {
			const [from, to] = [unit.msrp.fromPath.at(-1), unit.msrp.toPath.at(-1)];
			if (from !== undefined && to !== undefined) paths.set(from, unit.msrp.toPath.join(" "));
		}
	}
	return calls;
}

const callOf = (unit: Unit): string => (unit.protocol === "sip" ? (unit.sip.get("call-id") ?? "") : "");
const keyOf = (unit: Unit): string => `${unit.protocol} ${transactionOf(unit)}`;

/** The open answer to an INVITE that a later request of its call, or MSRP to where it led, shows to have come. */
function dueBefore({ unit }: Step, open: ReadonlyMap<string, Step>): Step | undefined {
	for (const answer of open.values()) {
		const { unit: own } = answer;
		if (own.protocol !== "sip") continue;
		if (unit.protocol === "sip") {
			if (callOf(unit) === callOf(own) && unit.sip.method !== "CANCEL") return answer;
		} else if (unit.msrp.toPath.some((uri) => own.octets.includes(uri))) return answer;
	}
	return undefined;
}

function impliedAnswer(step: Step, action: Step["action"], traces: Traces, silent: boolean): Step | undefined {
	const { unit } = step;
	const made = unit.protocol === "sip" ? sipAnswer(unit, traces) : msrpAnswer(unit);
	if (made === undefined || (!made.known && !silent)) return undefined;
	return implied(step, unit.protocol, made.text, action, made.known ? "known" : "any");
}

function implied(step: Step, protocol: "sip" | "msrp", text: string, action: Step["action"], how: "known" | "any"): Step | undefined {
	const unit = readUnit(protocol, Buffer.from(text, "latin1"));
	if (unit === undefined) return undefined;
	return { entry: step.entry, link: step.link, action, unit, summary: summaryOf(unit), at: step.at, optional: false, implied: how };
}

/** What other messages show the answer to have been: a status, and what it said of its sender. */
interface Shown {
	/** undefined: there was an answer, but any */
	status: string | undefined;
	/** whose tag and target it gave */
	by?: SipMessage | undefined;
	challenge?: { header: string; value: string };
}

function shownAnswer(sip: SipMessage, requests: readonly SipMessage[]): Shown {
	const number = cseq(sip)?.number ?? 0;
	// Either side counts for itself (RFC 3261 §12.2.1.1).
	const own = requests.filter((one) => tag(one, "from") === tag(sip, "from"));
	const same = own.filter((one) => cseq(one)?.number === number);
	const again = own.find((one) => one.method === sip.method && cseq(one)?.number === number + 1 && credentials(one) !== undefined);
	const challenge = again === undefined || credentials(sip) !== undefined ? undefined : challengeOf(credentials(again)!);
	if (challenge !== undefined) return { ...challenge, challenge };
	const dialog = (sip.method === "INVITE" || sip.method === "SUBSCRIBE") && toTag(sip) === undefined;
	const inside = dialog ? requests.find((one) => toTag(one) !== undefined && !same.includes(one)) : undefined;
	if (sip.method !== "INVITE") return { status: inside === undefined ? undefined : "200 OK", by: inside };
	if (same.some((one) => one.method === "CANCEL")) return { status: "487 Request Terminated" };
	const ack = same.find((one) => one.method === "ACK");
	if (ack === undefined) return { status: inside === undefined ? undefined : "200 OK", by: inside };
	// RFC 3261 §17.1.1.3: what was refused is acknowledged inside its own transaction.
	const refused = topVia(ack)?.branch !== undefined && topVia(ack)?.branch === topVia(sip)?.branch;
	return { status: refused ? "480 Temporarily Unavailable" : "200 OK", by: ack };
}

/** RFC 3261 §8.2.6. Undefined where there is none (§17.1.1.3: ACK). */
function sipAnswer(unit: Unit & { protocol: "sip" }, { requests, paths }: Traces): { text: string; known: boolean } | undefined {
	const { sip } = unit;
	if (sip.method === "ACK") return undefined;
	const { status, by, challenge } = shownAnswer(sip, requests);
	const rows = [`SIP/2.0 ${status ?? "200 OK"}`];
	for (const via of sip.all("via")) rows.push(`Via: ${via}`);
	// Requests of either side show the tag, and those of the same side the target (RFC 3261 §12.2.1.1).
	const ours = by !== undefined && tag(by, "from") === tag(sip, "from");
	const theirTag = by === undefined ? undefined : ours ? toTag(by) : tag(by, "from");
	rows.push(
		`From: ${sip.get("from") ?? ""}`,
		`To: ${sip.get("to") ?? ""}${toTag(sip) === undefined ? `;tag=${theirTag ?? "implied"}` : ""}`,
	);
	rows.push(`Call-ID: ${sip.get("call-id") ?? ""}`, `CSeq: ${sip.get("cseq") ?? ""}`);
	if (challenge !== undefined) rows.push(`${challenge.header}: ${challenge.value}`);
	const established = status === "200 OK" && toTag(sip) === undefined;
	if (established && ours) rows.push(`Contact: <${by.requestUri}>`);
	const body = established && sip.method === "INVITE" ? answerSdp(unit, paths) : "";
	if (body !== "") rows.push("Content-Type: application/sdp");
	rows.push(`Content-Length: ${body.length}`, "", body);
	return { text: rows.join("\r\n"), known: status !== undefined };
}

/** The answer's description as far as MSRP shows it: where messages went. Empty where nothing did. */
function answerSdp({ octets, sip }: Unit & { protocol: "sip" }, paths: ReadonlyMap<string, string>): string {
	const offer = findSdp(sip, octets)?.sdp.media.find(({ msrp }) => msrp !== undefined);
	const own = offer?.msrp?.path.at(-1);
	const path = own === undefined ? undefined : paths.get(own);
	const place = /^msrps?:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/;]*)(?::(\d+))?/i.exec(path?.split(" ")[0] ?? "");
	if (place === null || path === undefined || offer === undefined) return "";
	const host = place[1]!.replace(/^\[|\]$/g, "");
	const address = `${host.includes(":") ? "IP6" : "IP4"} ${host}`;
	const rows = ["v=0", `o=- 1 1 IN ${address}`, "s=-", `c=IN ${address}`, "t=0 0", `m=message ${place[2] ?? "2855"} ${offer.proto} *`];
	return [...rows, "a=accept-types:*", `a=path:${path}`, ""].join("\r\n");
}

/** RFC 4975 §7.2, RFC 4976 §5.1; undefined where none is due (§7.1.1: Failure-Report other than yes, REPORT). */
function msrpAnswer(unit: Unit & { protocol: "msrp" }): { text: string; known: boolean } | undefined {
	const { msrp } = unit;
	if (!expectsMsrpAnswer(msrp)) return undefined;
	// RFC 4976 §5.1: a relay's word counts for more than its status.
	if (msrp.method === "AUTH") return undefined;
	return { text: msrpFrame(msrp.transactionId, "200 OK", msrp.fromPath.join(" "), msrp.toPath.join(" ")), known: false };
}

function msrpFrame(id: string, what: string, to: string, from: string): string {
	return `MSRP ${id} ${what}\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\n-------${id}$\r\n`;
}

/** The request that an answer belongs to, as far as the answer repeats it (RFC 3261 §8.2.6.2). */
function impliedRequest(step: Step): Step | undefined {
	const { unit } = step;
	const action = step.action === "send" ? "receive" : "send";
	// We cannot make up what the side that is played had to say.
	if (action === "send") return undefined;
	if (unit.protocol === "msrp") {
		const text = msrpFrame(unit.msrp.transactionId, "SEND", unit.msrp.fromPath.join(" "), unit.msrp.toPath.join(" "));
		return implied(step, "msrp", text, action, "known");
	}
	const { sip } = unit;
	const rows = [`${sip.method} ${/<([^>]*)>/.exec(sip.get("to") ?? "")?.[1] ?? "sip:unknown.invalid"} SIP/2.0`];
	for (const via of sip.all("via")) rows.push(`Via: ${via}`);
	rows.push(`From: ${sip.get("from") ?? ""}`, `To: ${(sip.get("to") ?? "").replace(/;\s*tag=[^;]*/i, "")}`);
	rows.push(`Call-ID: ${sip.get("call-id") ?? ""}`, `CSeq: ${sip.get("cseq") ?? ""}`, "Content-Length: 0", "", "");
	return implied(step, "sip", rows.join("\r\n"), action, "known");
}

const toTag = (sip: SipMessage): string | undefined => tag(sip, "to");

function credentials(sip: SipMessage): { header: string; value: string } | undefined {
	for (const header of ["authorization", "proxy-authorization"]) {
		const value = sip.get(header);
		if (value !== undefined) return { header, value };
	}
	return undefined;
}

/** What was asked for, from what was answered (RFC 3261 §22.1, RFC 7616 §3.4). */
function challengeOf({ header, value }: { header: string; value: string }): { status: string; header: string; value: string } | undefined {
	const parameters = ["realm", "nonce", "opaque", "algorithm"].flatMap((name) => {
		const found = new RegExp(`\\b${name}\\s*=\\s*("[^"]*"|[^\\s,]+)`, "i").exec(value)?.[1];
		return found === undefined ? [] : [`${name}=${found}`];
	});
	if (!/^digest\s/i.test(value) || parameters.length < 2) return undefined;
	const proxy = header === "proxy-authorization";
	return {
		status: proxy ? "407 Proxy Authentication Required" : "401 Unauthorized",
		header: proxy ? "Proxy-Authenticate" : "WWW-Authenticate",
		value: `Digest ${parameters.join(", ")}`,
	};
}

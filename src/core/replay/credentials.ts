import { parseNameAddr } from "../protocols/uri/index.js";
import { answerChallenge, type Challenge, digestParams, parseChallenge } from "./digest.js";
import { type Edit, withBodyLengths } from "./splice.js";
import type { Unit } from "./types.js";
import { isRequest, readUnit } from "./unit.js";

/** Challenge header → header that answers it (RFC 3261 §22.1 and §22.3). */
const ANSWERS: Readonly<Record<string, string>> = { "www-authenticate": "authorization", "proxy-authenticate": "proxy-authorization" };
/** Attempts at one request, the first included: a second challenge to the right password says that the nonce was stale. */
const MOST_ATTEMPTS = 3;
/** Requests remembered at once. */
const MOST = 10_000;

export interface CredentialOptions {
	/** undefined: the recorded user name, else the user of From */
	user?: string | undefined;
	password: string;
	/** the n-th word that is unlike all others */
	fresh: (length: number) => string;
}

/** Answers digest challenges of a live peer: those that the capture has anew, and those that it lacks by sending the request again. */
export class Credentials {
	readonly #options: CredentialOptions;
	/** answering header and Call-ID → the challenge in force; without a Call-ID: the last one of all */
	readonly #challenges = new Map<string, Challenge>();
	/** nonce → how often it was used */
	readonly #counts = new Map<string, number>();
	/** live requests of ours that have no final answer yet */
	readonly #sent = new Map<string, { octets: Buffer; attempts: number }>();
	/** live Call-ID → by how much the numbers of its requests have moved on */
	readonly #moved = new Map<string, number>();

	constructor(options: CredentialOptions) {
		this.#options = options;
	}

	/** A message of ours as it is to go out. */
	outgoing(octets: Buffer, protocol: "sip" | "msrp"): Buffer {
		const unit = readUnit(protocol, octets);
		if (unit === undefined || !isRequest(unit)) return octets;
		const out = this.#answered(this.#numbered(unit));
		this.#remember(out, 1);
		return out;
	}

	/**
	 * A response of the peer came. Learns what it asks for; gives what is to be sent because of it when `foreseen` says that the capture
	 * lacks this challenge: the ACK of an INVITE, and the request again (RFC 3261 §22.2). Empty: it goes its usual way.
	 */
	received(octets: Buffer, protocol: "sip" | "msrp", foreseen: boolean): Buffer[] {
		const unit = readUnit(protocol, octets);
		if (unit === undefined || isRequest(unit)) return [];
		const asked = this.#learn(unit);
		if (unit.protocol !== "sip" || unit.sip.status < 200) return [];
		const key = requestKey(unit);
		const request = this.#sent.get(key);
		this.#sent.delete(key);
		if (foreseen || request === undefined || asked.length === 0 || request.attempts >= MOST_ATTEMPTS) return [];
		const before = readUnit("sip", request.octets);
		if (before?.protocol !== "sip") return [];
		// A password that was refused is not tried again, a nonce that was too old is.
		if (request.attempts > 1 && asked.every(({ challenge }) => !challenge.stale)) return [];
		const again = this.#again(before, asked);
		this.#remember(again, request.attempts + 1);
		return unit.sip.method === "INVITE" ? [acknowledgement(before, unit), again] : [again];
	}

	#learn(unit: Unit): { header: string; challenge: Challenge }[] {
		const view = unit.protocol === "sip" ? unit.sip : unit.msrp;
		const asked: { header: string; challenge: Challenge }[] = [];
		for (const row of view.headers) {
			const header = ANSWERS[row.name.toLowerCase()];
			const challenge = header === undefined ? undefined : parseChallenge(row.value);
			// RFC 8760 §2.4: the topmost that is understood.
			if (header === undefined || challenge === undefined || asked.some((one) => one.header === header)) continue;
			asked.push({ header, challenge });
			this.#challenges.set(header, challenge);
			if (unit.protocol === "sip") this.#challenges.set(`${header} ${unit.sip.get("call-id")}`, challenge);
		}
		return asked;
	}

	/** The numbers that were used for requests sent again are gone. */
	#numbered(unit: Unit): Unit {
		if (unit.protocol !== "sip") return unit;
		const by = this.#moved.get(unit.sip.get("call-id") ?? "") ?? 0;
		const row = unit.sip.row("cseq");
		if (by === 0 || row === undefined) return unit;
		return edited(unit, [numberEdit(row, by)]);
	}

	/** Recorded answers to challenges give way to answers to those of the live peer. */
	#answered(unit: Unit): Buffer {
		const view = unit.protocol === "sip" ? unit.sip : unit.msrp;
		const edits: Edit[] = [];
		for (const row of view.headers) {
			const header = row.name.toLowerCase();
			if (!Object.values(ANSWERS).includes(header)) continue;
			const was = digestParams(row.value);
			const call = unit.protocol === "sip" ? `${header} ${unit.sip.get("call-id")}` : header;
			const challenge = this.#challenges.get(call) ?? this.#challenges.get(header);
			if (was === undefined || challenge === undefined) continue;
			edits.push({ start: row.valueStart, end: row.valueEnd, text: this.#answer(unit, challenge, was.get("username")) });
		}
		return edits.length === 0 ? unit.octets : withBodyLengths(unit, edits);
	}

	#answer(unit: Unit, challenge: Challenge, recordedUser: string | undefined): string {
		const { user, password, fresh } = this.#options;
		const count = (this.#counts.get(challenge.nonce) ?? 0) + 1;
		this.#counts.set(challenge.nonce, count);
		const view = unit.protocol === "sip" ? unit.sip : unit.msrp;
		return answerChallenge(challenge, {
			user: user ?? recordedUser ?? (unit.protocol === "sip" ? (parseNameAddr(unit.sip.get("from") ?? "").uri.user ?? "") : ""),
			password,
			method: view.method,
			uri: unit.protocol === "sip" ? unit.sip.requestUri : (unit.msrp.toPath.at(-1) ?? ""),
			body: view.bodyOffset < 0 ? Buffer.alloc(0) : unit.octets.subarray(view.bodyOffset),
			cnonce: fresh(16),
			count,
		});
	}

	#again(unit: Unit & { protocol: "sip" }, asked: readonly { header: string; challenge: Challenge }[]): Buffer {
		const { sip } = unit;
		const call = sip.get("call-id") ?? "";
		this.#moved.set(call, (this.#moved.get(call) ?? 0) + 1);
		const edits: Edit[] = [];
		const number = sip.row("cseq");
		if (number !== undefined) edits.push(numberEdit(number, 1));
		const via = sip.row("via");
		const branch = via === undefined ? null : /;\s*branch\s*=\s*([^;,\s]+)/i.exec(via.value);
		if (via !== undefined && branch !== null) {
			const end = via.valueStart + branch.index + branch[0].length;
			edits.push({ start: end - branch[1]!.length, end, text: `z9hG4bK${this.#options.fresh(16)}` });
		}
		for (const { header, challenge } of asked) {
			for (const { start, end } of sip.headers.filter((row) => row.name.toLowerCase() === header)) edits.push({ start, end, text: "" });
			const at = number?.end ?? sip.bodyOffset - 2;
			const name = header === "authorization" ? "Authorization" : "Proxy-Authorization";
			edits.push({ start: at, end: at, text: `${name}: ${this.#answer(unit, challenge, undefined)}\r\n` });
		}
		return withBodyLengths(unit, edits);
	}

	#remember(octets: Buffer, attempts: number): void {
		const unit = readUnit("sip", octets);
		if (unit?.protocol !== "sip" || unit.sip.method === "ACK") return;
		if (this.#sent.size >= MOST) this.#sent.delete(this.#sent.keys().next().value!);
		this.#sent.set(requestKey(unit), { octets, attempts });
	}
}

/** RFC 3261 §17.1.1.3: on the refused request's own branch. */
function acknowledgement({ sip }: Unit & { protocol: "sip" }, refusal: Unit & { protocol: "sip" }): Buffer {
	const lines = [`ACK ${sip.requestUri} SIP/2.0`, `Via: ${sip.get("via")}`];
	for (const route of sip.all("route")) lines.push(`Route: ${route}`);
	lines.push(
		"Max-Forwards: 70",
		`From: ${sip.get("from")}`,
		`To: ${refusal.sip.get("to")}`,
		`Call-ID: ${sip.get("call-id")}`,
		`CSeq: ${Number.parseInt(sip.get("cseq") ?? "1", 10)} ACK`,
		"Content-Length: 0",
		"",
		"",
	);
	return Buffer.from(lines.join("\r\n"), "latin1");
}

function requestKey(unit: Unit & { protocol: "sip" }): string {
	return `${unit.sip.get("call-id")} ${unit.sip.get("cseq")?.replace(/\s+/g, " ")}`;
}

function numberEdit({ valueStart, value }: { valueStart: number; value: string }, by: number): Edit {
	const digits = /^\d*/.exec(value)![0];
	return { start: valueStart, end: valueStart + digits.length, text: String(Number(digits) + by) };
}

function edited(unit: Unit, edits: readonly Edit[]): Unit {
	return readUnit(unit.protocol, withBodyLengths(unit, edits)) ?? unit;
}

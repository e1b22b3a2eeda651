import type { Direction } from "../model/flow.js";
import type { SpanEdit } from "../model/rewriting.js";
import type { Moment } from "../model/time.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { Action, MsrpUnit, RelayConnection } from "../relay/stage.js";
import { isBefore, later } from "../relay/time.js";
import { type Failed, failureReport, response } from "./responses.js";
import { pathUris } from "./uris.js";

/** Seconds until a request that was sent on counts as lost (RFC 4976 §6.3). */
const TIMEOUT = 30;
/** Requests sent on whose answer is awaited; more are not watched. */
const MOST = 4096;
/** Seconds for which a path that AUTH asked for may be used. */
const EXPIRES = 1800;

interface Sent {
	dir: Direction;
	due: Moment;
	/** told to whoever sent it, when it fails */
	failed: Failed | undefined;
}

/** A relay on one connection (RFC 4976 §5, §6): takes itself out of To-Path into From-Path, answers SEND hop by hop, reports failures. */
export class RelayHop {
	readonly #sent = new Map<string, Sent>();
	#count = 0;

	get wakeAt(): Moment | undefined {
		for (const { due } of this.#sent.values()) return due;
		return undefined;
	}

	/** `isOurs` tells the relay's own URIs. */
	take(unit: MsrpUnit, isOurs: (uri: string) => boolean): Action | undefined {
		const { msrp, octets } = unit;
		const to = pathUris(msrp, octets, "to-path");
		const from = pathUris(msrp, octets, "from-path");
		const first = to[0];
		if (first === undefined || from[0] === undefined || !isOurs(first.text)) return undefined;
		if (msrp.kind === "response") return this.#response(unit);
		if (msrp.method === "AUTH" && to.length === 1)
			return { drop: true, quiet: true, inject: [back(authorised(msrp, first.text, from[0].text))] };
		if (to.length === 1) return msrp.method === "REPORT" ? { drop: true, quiet: true } : refusal(msrp, first.text, from[0].text);
		const second = to[1]!;
		const id = this.#newId();
		const edits: SpanEdit[] = [
			{ start: 5, end: 5 + msrp.transactionId.length, octets: Buffer.from(id, "latin1"), part: "transaction id", why: "a new hop" },
			{ start: first.start, end: second.start, octets: Buffer.alloc(0), part: "To-Path", why: "the relay has been reached" },
			{
				start: from[0].start,
				end: from[0].start,
				octets: Buffer.from(`${first.text} `, "latin1"),
				part: "From-Path",
				why: "the way back leads over the relay",
			},
		];
		if (octets.toString("latin1", 5, 5 + msrp.transactionId.length) !== msrp.transactionId) edits.shift();
		edits.sort((a, b) => a.start - b.start);
		const failure = (msrp.get("failure-report") ?? "yes").toLowerCase();
		if (msrp.method !== "REPORT") this.#watch(id, unit, failure, first.text);
		const answers = msrp.method === "SEND" && failure === "yes";
		return answers ? { edits, inject: [back(response(msrp, 200, "OK", from[0].text, first.text))] } : { edits };
	}

	advance(connection: RelayConnection): void {
		for (const [id, sent] of this.#sent) {
			if (isBefore(connection.now, sent.due)) break;
			this.#sent.delete(id);
			if (sent.failed !== undefined)
				connection.inject(other(sent.dir), failureReport(this.#newId(), sent.failed, 408, "no answer from the next hop"));
		}
	}

	/** The answer of the next hop ends here; that it failed is told to whoever sent the message. */
	#response({ connection, dir, msrp }: MsrpUnit): Action {
		const sent = this.#sent.get(msrp.transactionId);
		if (sent === undefined || sent.dir === dir) return { drop: true, quiet: true };
		this.#sent.delete(msrp.transactionId);
		if (msrp.status >= 300 && sent.failed !== undefined)
			connection.inject(dir, failureReport(this.#newId(), sent.failed, msrp.status, msrp.comment));
		return { drop: true, quiet: true };
	}

	#watch(id: string, { connection, dir, msrp, octets }: MsrpUnit, failure: string, relay: string): void {
		if (this.#sent.size >= MOST) return;
		const row = msrp.row("from-path");
		const toPath = row === undefined ? "" : octets.toString("latin1", row.valueStart, row.valueEnd);
		const { messageId } = msrp;
		const told = msrp.method === "SEND" && failure !== "no" && messageId !== undefined;
		const failed = told ? { toPath, fromPath: relay, messageId, range: msrp.get("byte-range") } : undefined;
		this.#sent.set(id, { dir, due: later(connection.now, TIMEOUT), failed });
	}

	#newId(): string {
		return `relay${(++this.#count).toString(36).padStart(6, "0")}`;
	}
}

function back(octets: Buffer): NonNullable<Action["inject"]>[number] {
	return { to: "back", when: "after", octets };
}

function authorised(frame: MsrpFrame, relay: string, to: string): Buffer {
	return response(frame, 200, "OK", to, relay, `Use-Path: ${relay}\r\nExpires: ${EXPIRES}\r\n`);
}

/** Nobody but the relay is named: there is no session here. */
function refusal(frame: MsrpFrame, relay: string, to: string): Action {
	return {
		drop: true,
		quiet: true,
		inject: [back(response(frame, 481, "No such session", to, relay))],
	};
}

function other(dir: Direction): Direction {
	return dir === 0 ? 1 : 0;
}

import type { EventEntry } from "../model/entry.js";
import type { Direction } from "../model/flow.js";
import { Deadlines, FifoMap } from "./bounded.js";
import type { Findings } from "./findings.js";

/** How long a server may take to answer a ping, in seconds (RFC 5626 §4.4.1). */
const PONG_WAIT = 10;

interface Pinged {
	flow: number;
	/** entry of the ping that waits; 0 when none does */
	entry: number;
	from: Direction;
	/** the other side has answered a ping before: it knows RFC 5626 */
	answers: boolean;
}

/**
 * CRLF keep-alives of SIP on streams. A server that does not implement RFC 5626 rightly ignores pings,
 * so silence is a finding only after it has answered on the same connection before.
 */
export class Keepalives {
	readonly #findings: Findings;
	readonly #flows: FifoMap<number, Pinged>;
	readonly #waiting: Deadlines<{ pinged: Pinged; entry: number }>;

	constructor(findings: Findings, limit: number) {
		this.#findings = findings;
		this.#flows = new FifoMap(limit);
		this.#waiting = new Deadlines(PONG_WAIT, limit);
	}

	/** `text` of the event begins with "ping" or "pong". */
	event(entry: EventEntry, now: number): void {
		const { id } = entry.flow;
		const pinged = this.#flows.get(id);
		if (entry.text.startsWith("ping")) {
			const next = pinged ?? { flow: id, entry: 0, from: entry.dir, answers: false };
			if (pinged === undefined) this.#flows.set(id, next);
			if (next.entry !== 0 && next.from === entry.dir) return;
			next.entry = entry.number;
			next.from = entry.dir;
			if (next.answers) this.#waiting.add({ pinged: next, entry: entry.number }, now);
		} else if (pinged !== undefined && pinged.from !== entry.dir) {
			pinged.answers = true;
			pinged.entry = 0;
		}
	}

	closed(flow: number): void {
		const pinged = this.#flows.get(flow);
		if (pinged === undefined) return;
		pinged.entry = 0;
		this.#flows.delete(flow);
	}

	advance(now: number): void {
		for (let at = this.#waiting.next(now); at !== undefined; at = this.#waiting.next(now)) {
			if (at.pinged.entry !== at.entry) continue;
			at.pinged.entry = 0;
			this.#findings.late(at.entry, "sip.keepalive-unanswered", `no pong for ${PONG_WAIT} s`);
		}
	}
}

import type { MsrpEntry } from "../model/entry.js";
import type { Direction, Flow } from "../model/flow.js";
import type { Problem } from "../model/problem.js";
import type { Link } from "../protocols/msrp/chain.js";
import type { SentMessage } from "./msrp-sent.js";

/** What the table looks at of an entry. */
export type MsrpEvent = Pick<MsrpEntry, "number" | "flow" | "dir" | "over" | "msrp" | "at" | "began">;

/** A request that may be answered (RFC 4975 §7.1.1, §7.2). */
export interface Transaction extends Link<Transaction> {
	connection: Connection;
	/** of the request */
	dir: Direction;
	id: string;
	/** entry number of the request */
	entry: number;
	method: string;
	failureReport: "yes" | "no" | "partial";
	/** silence is a fault */
	expectsResponse: boolean;
	/** where the response is to go; undefined when the request had no From-Path */
	firstFrom: string | undefined;
	/** as `RequestPath` has it; "" when the request had no paths */
	session: string;
	message: SentMessage | undefined;
	/** seconds */
	due: number;
	/** gaps in the direction of the response when the request was sent */
	gaps: number;
	timedOut: boolean;
	/** a younger one with the same id */
	same: Transaction | undefined;
}

/** A REPORT that fits nothing that is known yet: a chunk under way may explain it. */
export interface PendingReport {
	entry: number;
	at: number;
	messageId: string;
	success: boolean;
	/** it has relays to pass yet: its message may have gone another way */
	relayed: boolean;
	/** the last octet that it covers; undefined when it does not say */
	end: number | bigint | undefined;
}

/** Ends of the paths of a request, and the name of its session for comparison. */
export interface RequestPath {
	toFirst: string;
	toLast: string;
	fromFirst: string;
	fromLast: string;
	session: string;
}

const RECENT = 32;

/** The two directions of one connection, as far as transactions go. Index: direction of the requests. */
export class Connection {
	closed = false;
	/** gaps in what that direction sent */
	readonly gaps: [number, number] = [0, 0];
	/** requests that the tables had to forget */
	readonly forgotten: [boolean, boolean] = [false, false];
	// A capture may hold a hundred thousand connections with a handful of frames each: tables come when they are needed.
	readonly transactions: [Map<string, Transaction> | undefined, Map<string, Transaction> | undefined] = [undefined, undefined];
	readonly sent: [Map<string, SentMessage> | undefined, Map<string, SentMessage> | undefined] = [undefined, undefined];
	readonly pending: [PendingReport[] | undefined, PendingReport[] | undefined] = [undefined, undefined];
	/** a frame of that direction was seen */
	readonly heard: [boolean, boolean] = [false, false];
	/** the paths of the last request */
	readonly path: [RequestPath | undefined, RequestPath | undefined] = [undefined, undefined];
	/** hops of which this is the latest connection */
	readonly hops: string[] = [];
	/** seconds at which a session was refused with 481; null while none was */
	dead: Map<string, number> | null = null;
	/** what the passive side sent before the active one */
	early: { entry: number; at: number } | undefined;
	/** another connection that showed the same session later */
	rival: Connection | undefined;
	readonly #recent: string[] = [];
	#next = 0;

	constructor(readonly flow: Flow) {}

	/** May a request of that direction have been missed? */
	mayHaveMissed(dir: Direction): boolean {
		return this.flow.midStream || this.gaps[dir] > 0 || this.forgotten[dir];
	}

	/** Remembers by what the latest requests can be known again. */
	note(id: string, messageId: string): void {
		this.#recent[this.#next] = id;
		this.#recent[this.#next + 1] = messageId;
		this.#next = (this.#next + 2) % RECENT;
	}

	/** Was this request, or a copy of it with another transaction id, carried here lately? */
	carried(id: string, messageId: string | undefined): boolean {
		return this.#recent.includes(id) || (messageId !== undefined && messageId !== "" && this.#recent.includes(messageId));
	}
}

export function note(problems: Problem[], id: Problem["id"], detail: string): void {
	problems.push({ id, offset: 0, length: 0, detail });
}

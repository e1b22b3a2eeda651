import type { Entry } from "../model/entry.js";
import type { Direction, Flow } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import type { RelayProtocol } from "../relay/stage.js";
import type { Filter } from "../rules/filter/index.js";
import type { MessageEdit } from "./edit.js";

export interface BreakpointOptions {
	/** shown instead of the expression */
	name?: string;
	/** default true */
	enabled?: boolean;
	/** seconds that a message is held, from 0.001 to 86,400; default 300 */
	timeout?: number;
	/** what becomes of a message that nobody asked for in that time; default "resume" */
	onTimeout?: "resume" | "drop";
	/** messages that it holds before it switches itself off; default: all */
	times?: number;
}

/** A place where messages are held: those that match an expression. */
export interface Breakpoint {
	/** 1-based, in order of adding */
	readonly id: number;
	readonly name: string | undefined;
	readonly filter: Filter;
	readonly enabled: boolean;
	/** seconds */
	readonly timeout: number;
	readonly onTimeout: "resume" | "drop";
	/** messages that it may still hold; undefined: all */
	readonly left: number | undefined;
	/** messages that it held */
	readonly hits: number;
}

/** A connection as far as whoever injects has to know it. */
export interface OpenConnection {
	/** 1-based, in order of opening */
	readonly id: number;
	readonly client: Flow;
	readonly server: Flow;
	readonly protocol: RelayProtocol | undefined;
}

/** A message that waits. What comes behind it in its direction waits too. */
export interface HeldMessage {
	/** 1-based, in order of being held */
	readonly id: number;
	readonly breakpoint: Breakpoint;
	readonly connection: OpenConnection;
	readonly dir: Direction;
	readonly protocol: RelayProtocol;
	/** about the message as it came; owned */
	readonly entry: Entry;
	/** as it came, as far as that was kept (Limits.inspect) */
	readonly before: Buffer;
	/** as it would go on now: what stages before this one made of it. Owned, not to be written to */
	readonly octets: Buffer;
	/** stages before this one changed it */
	readonly changed: boolean;
	readonly since: Moment;
	/** when its time is over */
	readonly due: Moment;
}

/** What is to become of a held message. */
export interface ResumeOptions extends MessageEdit {
	/** false: lengths and the end-line are left as the edit leaves them; default true */
	fix?: boolean;
	/** how often it is sent once more, right behind itself; default 0 */
	copies?: number;
}

/** Bounds on what is held over all connections. */
export interface BreakpointLimits {
	messages: number;
	octets: number;
	breakpoints: number;
	/** octets of one injection */
	injection: number;
}

export const DEFAULT_BREAKPOINT_LIMITS: Readonly<BreakpointLimits> = Object.freeze({
	messages: 1_000,
	octets: 64 << 20,
	breakpoints: 1_000,
	injection: 8 << 20,
});

/** `lost`: the connection is over, or a limit of the relay was reached and the message went on as it came. */
export type BreakpointChange =
	| { kind: "held" | "resumed" | "dropped" | "lost"; held: HeldMessage; timedOut?: boolean }
	| { kind: "breakpoints" };

/** What was asked of breakpoints cannot be done. The text says why and what can. */
export class BreakpointError extends Error {
	override readonly name = "BreakpointError";
}

import type { Entry } from "../model/entry.js";
import type { Direction, Flow } from "../model/flow.js";
import type { SpanEdit, StageEdits } from "../model/rewriting.js";
import type { Moment } from "../model/time.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { SipMessage } from "../protocols/sip/types.js";
import type { ToxicChange } from "../toxics/set.js";
import type { ToxicSettings } from "../toxics/types.js";
import type { Carriage, CloseCode } from "./types.js";

export type RelayProtocol = "sip" | "msrp";

/**
 * Something that may hold or change what passes: an ALG, the anchoring of media, rules. A direction's messages go through
 * the stages one after the other, from the client to the server in the order given and back in the reverse order,
 * as through boxes in a row; each stage sees what the one before it made of the message.
 */
export interface RelayStage {
	readonly name: string;
	/**
	 * May this stage hold or change messages of that direction? Asked whenever octets come, so it has to be cheap.
	 * `protocol` is undefined until it is known. May change with time: a message that has begun to pass is left alone.
	 */
	touches(connection: RelayConnection, dir: Direction, protocol: RelayProtocol | undefined): boolean;
	/** May this stage put messages of its own into that direction? Its message boundaries are then kept track of. Default: no. */
	injects?(connection: RelayConnection, dir: Direction): boolean;
	/** One whole SIP message. Nothing: it goes on as it is. */
	sip?(unit: SipUnit): Action | undefined;
	/** One MSRP frame: its head, or all of it where an answer asked for that. Nothing: it goes on as it is. */
	msrp?(unit: MsrpUnit): Action | undefined;
	opened?(connection: RelayConnection): void;
	/** The connection is over, nothing more can be sent. */
	closed?(connection: RelayConnection): void;
	/** Time has passed. */
	advance?(connection: RelayConnection, now: Moment): void;
	/** when `advance` is wanted next for that connection */
	wakeAt?(connection: RelayConnection): Moment | undefined;
}

/** A connection or UDP association as stages see it: one object for its whole life. */
export interface RelayConnection {
	/** 1-based, in order of opening */
	readonly id: number;
	readonly client: Flow;
	readonly server: Flow;
	/** what is spoken; undefined: not known yet, or neither SIP nor MSRP */
	readonly protocol: RelayProtocol | undefined;
	/** the latest moment that the relay was told of */
	readonly now: Moment;
	/** Sends octets between two messages of that direction, after what is under way in it and `delay` seconds. `by`: who, for the entry. */
	inject(dir: Direction, octets: Buffer, delay?: number, by?: string): void;
	/** Ends a direction (fin), or the connection (rst), after what was sent before. */
	end(dir: Direction, how: "fin" | "rst", code?: CloseCode): void;
	/** A message waits until this is released: for `Action.hold`. */
	hold(limit?: HoldLimit): Hold;
	/** Something outside was done to a stage: `advance` is wanted as soon as can be, and `wakeAt` may have changed. */
	wake(): void;
	/**
	 * Puts a toxic on a direction (its stream) of this connection behind all stages, changes or removes the one of its name and type. What went
	 * on before the call goes as it would have.
	 */
	toxic(how: ToxicChange["how"], toxic: ToxicSettings): void;
	/** Puts a finding into the entries. */
	report(dir: Direction, id: Parameters<import("../model/flow.js").FlowSink["problem"]>[1], detail: string): void;
}

/** A wait for something outside: an answer of the shell, a condition of a rule, a breakpoint. */
export interface Hold {
	/** The message goes on, with this action (default: as it is). No effect after the first call and after a limit has passed. */
	release(action?: Action): void;
	/** released, or over because of a limit */
	readonly over: boolean;
}

export interface HoldLimit {
	/** how long the wait may last; default: as the relay's limits say. The limit in octets always holds */
	seconds?: number;
	/** the wait is over because of a limit, or with the connection */
	lost?(): void;
}

interface Unit {
	readonly connection: RelayConnection;
	readonly dir: Direction;
	/** when its last octet came */
	readonly at: Moment;
	/** The octets, lent for the call: spans of edits count from `octets[0]`. */
	readonly octets: Buffer;
	/**
	 * The entry about the message as it came, lent for the call like its octets; undefined until an MSRP frame is whole.
	 * Edits of earlier stages are not in it.
	 */
	readonly entry: Entry | undefined;
	/** stages before this one changed the message */
	readonly changed: boolean;
}

export interface SipUnit extends Unit {
	readonly protocol: "sip";
	readonly sip: SipMessage;
}

export interface MsrpUnit extends Unit {
	readonly protocol: "msrp";
	/** of a head the body fields are empty; `bodyOffset` tells whether there is a body */
	readonly msrp: MsrpFrame;
	/** `octets` is the whole frame to the end of its end-line; false: its head up to the body */
	readonly whole: boolean;
}

/** What becomes of a message. An empty object: it goes on as it is, and later stages see it. */
export interface Action {
	/** Gather the whole MSRP frame and ask again. A frame above the hold limit goes on untouched. */
	whole?: boolean;
	/** in order, not overlapping */
	edits?: readonly SpanEdit[];
	/** who is named as the author of the edits, where not the stage itself */
	by?: string;
	/** several authors: what each did, spans in the octets given; for show only, `edits` is what counts */
	authors?: readonly StageEdits[];
	/** what was done beside edits, for show on the entry: "waits 0.2 s" */
	did?: string;
	/** false: Content-Length, Byte-Range and the end-line are left as the edits leave them; default true */
	fix?: boolean;
	/** the message does not go on, and later stages do not see it */
	drop?: boolean;
	/** why, for the finding: with `drop` */
	reason?: string;
	/** with `drop`: nothing was lost (it was answered here), so there is no finding */
	quiet?: boolean;
	/** seconds that this message waits; what follows in its direction waits behind it */
	delay?: number;
	/** waits until it is released; what follows in its direction waits behind it. Later stages see it after that */
	hold?: Hold;
	/** lets so many later messages of the direction go first, or waits so many seconds, whichever is over first (whole) */
	aside?: { messages: number; seconds: number };
	/** messages to be sent beside this one: on its way or back to where it came from */
	inject?: readonly Injection[];
	/** the message is written in pieces of these sizes, the rest as one, `pause` seconds apart (whole) */
	pieces?: { sizes: readonly number[]; pause?: number };
	/** is written together with what follows in its direction, or alone after so many seconds */
	join?: number;
	/** of a frame that streams: what its end-line becomes */
	endLine?: { transactionId?: string; flag?: "$" | "+" | "#" };
	/** only that many octets of the message go on (whole) */
	cut?: number;
	/** ends the connection (rst), or this direction of it (fin), when the message has gone or been dropped */
	close?: "fin" | "rst";
	/** with `close` fin */
	code?: CloseCode;
	/** how WebSocket carries the message */
	carriage?: Carriage;
	/** what the receiver says about the message does not come back: its response, MSRP reports about it */
	swallow?: { responses?: boolean; reports?: boolean };
	/**
	 * When this action is done, its edits mended and its hold over, this is asked instead of the next stage, with the message as it
	 * then is; what it answers is done in the same way. Not asked after `drop`.
	 */
	again?: (now: Standing) => Action | undefined;
}

/** A message as it stands after what was done to it so far; octets are lent. */
export interface Standing {
	readonly octets: Buffer;
	/** undefined: after the edits it is no message any more */
	readonly message: SipMessage | MsrpFrame | undefined;
	/** of MSRP: `octets` is the whole frame */
	readonly whole: boolean;
	readonly entry: Entry | undefined;
	readonly at: Moment;
}

export interface Injection {
	to: "on" | "back";
	when: "before" | "after";
	octets: Buffer;
	/** seconds after the message; default 0 */
	delay?: number;
	/** who put it there, for its entry */
	by?: string;
	/** what comes back for it stops here, because the end behind us knows nothing of it */
	own?: boolean;
}

import type { Verdict } from "../classify/classifier.js";
import type { CpimMessage } from "../protocols/cpim/types.js";
import type { MsrpFrame, MsrpMessage } from "../protocols/msrp/types.js";
import type { Sdp } from "../protocols/sdp/types.js";
import type { SipMessage } from "../protocols/sip/types.js";
import type { TlsFacts } from "../protocols/tls/types.js";
import type { WebSocketHandshake } from "../protocols/websocket/types.js";
import type { Carrier, Direction, Endpoint, Flow } from "./flow.js";
import type { Problem } from "./problem.js";
import type { Rewriting } from "./rewriting.js";
import type { Moment } from "./time.js";

export type { Carrier };

interface EntryBase {
	/** 1-based, in order of completion */
	number: number;
	/** when its last octet arrived */
	at: Moment;
	/** when its first octet arrived */
	began: Moment;
	flow: Flow;
	dir: Direction;
	from: Endpoint;
	to: Endpoint;
	over: Carrier;
	/** octets in the direction's stream (after TLS, inside WebSocket) */
	offset: number;
	length: number;
	/** all findings about this message, of every layer; offsets relative to the frame */
	problems: Problem[];
	/** links set by the session tables; undefined when it belongs to none */
	links: EntryLinks;
	/** what clients make of it; for messages only, and only where the pipeline was asked to classify */
	verdict?: Verdict | undefined;
	/** put on it by hand, by a rule or over the API, in that order; undefined where there are none */
	marks?: readonly string[] | undefined;
	/** the live proxy changed the message: on the entry of the leg that it went out on */
	rewritten?: Rewriting | undefined;
}

/** Keys into the session tables: stable small strings, the same for all entries that belong together. */
export interface EntryLinks {
	/** "c1", one per call/subscription/chat: what --session takes, what a ladder shows */
	session?: string;
	/** "d1", SIP dialog */
	dialog?: string;
	/** number of the entry that this one answers (SIP response to request, MSRP response to its chunk, REPORT to its last chunk, IMDN to its message) */
	answers?: number;
	/** the same message was seen before, at that entry (retransmission, or the other side of a proxy) */
	repeats?: number;
	/** MSRP: key of the message (all chunks and REPORTs share it), e.g. "m7" */
	chat?: string;
}

export interface SipEntry extends EntryBase {
	protocol: "sip";
	sip: SipMessage;
	sdp?: Sdp | undefined;
	/** message/cpim in the body (MESSAGE, or a part of a multipart) */
	readonly cpim?: CpimMessage | undefined;
	/** octets that `cpim` offsets count from */
	readonly cpimBytes?: Buffer | undefined;
	readonly payload?: Payload | undefined;
}

export interface MsrpEntry extends EntryBase {
	protocol: "msrp";
	msrp: MsrpFrame;
	/** the message this chunk belongs to, as it stands after this chunk */
	message?: MsrpMessage | undefined;
	/** set on the chunk that makes the message complete, and on single-chunk messages; decoded when first asked for */
	readonly cpim?: CpimMessage | undefined;
	readonly cpimBytes?: Buffer | undefined;
	readonly payload?: Payload | undefined;
	/**
	 * Media type of what message/cpim wraps, known without decoding it in the usual case;
	 * undefined where `cpim` has to be asked
	 */
	readonly innerType?: string | undefined;
	/** certainly no IMDN headers and no IMDN inside, known without decoding */
	readonly plain?: boolean | undefined;
	/** the head of a plain message/cpim in one chunk, known without decoding */
	readonly head?: PlainHead | undefined;
}

/** A message/cpim head beyond doubt: one From, one To, perhaps DateTime and Subject, one Content-Type; no findings. */
export interface PlainHead {
	/** values of From and To, as written */
	from: string;
	to: string;
	dateTime: string | undefined;
	/** lower-case media type inside */
	type: string;
	/** octets of the message/cpim */
	end: number;
}

/** Something that is no SIP or MSRP message but that the reader must know: kept few. */
export interface EventEntry extends EntryBase {
	protocol: "tls" | "websocket" | "tcp" | "unparsed" | "keepalive";
	/** one sentence */
	text: string;
	tls?: TlsFacts;
	handshake?: WebSocketHandshake;
}

export type Entry = SipEntry | MsrpEntry | EventEntry;

/** The meaning of the innermost content where it is one that we understand. */
export type Payload =
	| {
			kind: "imdn";
			messageId: string;
			dateTime?: string;
			recipient?: string;
			originalRecipient?: string;
			notification: "delivery" | "display" | "processing";
			status: string;
	  }
	| { kind: "composing"; state: string; contentType?: string; refresh?: number; lastActive?: string }
	| { kind: "conference-info"; info: ConferenceInfo }
	| { kind: "resource-list"; entries: { uri: string; copyControl?: string }[] }
	| { kind: "text"; text: string }
	| { kind: "external"; url: string; size?: number; expiration?: string; contentType?: string }
	| { kind: "other"; contentType: string };

/** RFC 4575, partial notifications as they came (not merged). */
export interface ConferenceInfo {
	entity: string;
	state: "full" | "partial" | "deleted";
	version: number | undefined;
	subject?: string;
	/** conf-uris/entry/uri */
	uris: string[];
	users: ConferenceUser[];
	userCount?: number;
}

export interface ConferenceUser {
	entity: string;
	state: "full" | "partial" | "deleted";
	displayText?: string;
	associatedAors: string[];
	roles: string[];
	/** attribute yourown in any or no namespace, "true" or "1" */
	yourOwn: boolean;
	endpoints: { entity: string; status?: string }[];
}

import type { Endpoint } from "../model/flow.js";
import type { Moment } from "../model/time.js";

/** On which side of the box a message comes from. "inside" is the end that the box hides: a phone behind a NAT, or a room behind an SBC. */
export type Side = "inside" | "outside";

/** One whole SIP message: a datagram, a WebSocket message, or what Content-Length delimits in a stream. */
export interface AlgMessage {
	octets: Buffer;
	/** who sent the message */
	from: Side;
	at: Moment;
	transport: "udp" | "tcp" | "tls" | "ws" | "wss";
	/** as the box sees the packet that brought the message */
	source: Endpoint;
	/** where the packet went: the box itself, or the end behind it where the box is transparent */
	target: Endpoint;
}

/** One change: octets [start, end) of the message as it came are replaced. */
export interface AlgEdit {
	start: number;
	end: number;
	octets: Buffer;
	/** what it is, e.g. "Contact host:port" */
	part: string;
	/** the profile that did it; several joined with "+" where one changed what another wrote */
	profile: string;
	/** one short sentence */
	why: string;
}

export interface AlgOutcome {
	/** what goes on; the very octets that came when there are no edits */
	octets: Buffer;
	/** in order, never overlapping; applied to the octets that came they give `octets` */
	edits: AlgEdit[];
	/** the message does not go on, and why */
	dropped?: string;
	/** where the box sends it, where it knows better than the packet did */
	nextHop?: Endpoint;
	/** set where `nextHop` follows from the Request-URI itself, and not from who was heard last or spoke in that call */
	named?: true;
	/** nothing was looked at, and why: no SIP, an encrypted transport, another port, ... */
	untouched?: string;
}

export type OptionValue = string | number | boolean;

/** Where the box stands. */
export interface AlgScene {
	/** address that the box shows outside */
	outside: Endpoint;
	/** address that the box shows inside, where it shows one; default: `outside` */
	inside?: Endpoint;
	/** for every profile that has such an option; what stands behind a profile's name wins */
	options?: Readonly<Record<string, OptionValue>>;
	/** makes names, ports and stray addresses that the box invents; default 1 */
	seed?: number;
}

export interface AlgBox {
	/** Rewrites one message as the profiles say. Never throws. */
	handle(message: AlgMessage): AlgOutcome;
	/** Time has passed: drops idle bindings. */
	advance(now: Moment): void;
	/** bindings held by all profiles of the box */
	readonly bindings: number;
}

/** What can be set of a profile. */
export interface OptionSpec {
	default: OptionValue;
	/** what a string may be; undefined: anything */
	choices?: readonly string[];
	text: string;
}

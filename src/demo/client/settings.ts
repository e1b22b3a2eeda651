import type { OpenFlow } from "../../core/model/flow.js";
import type { TlsIdentity } from "../../shell/net/links/link.js";
import type { SipTimers } from "../sip/timers.js";
import type { Ids } from "../wire/ids.js";

export interface ClientOptions {
	/** own identity: sip:alice@example.com */
	user: string;
	name?: string;
	/** where all SIP goes: `tcp://127.0.0.1:5060`, `udp:`, `tls:`, `ws:`, `wss:` */
	server: string;
	/** for digest */
	password?: string;
	/** where MSRP is listened for, `tcp:` or `tls:`; null: nowhere, then the client is always active. Default tcp://127.0.0.1:0 */
	msrp?: string | null;
	/** connect there instead of where SDP says: a box in the path of MSRP, or what carries it (`ws://127.0.0.1:8080`) */
	msrpVia?: string;
	/** role in answers, where the offer leaves the choice (RFC 6135); default active */
	setup?: "active" | "passive";
	/** tokens of a=chatroom in every description; false: never; default: nickname and private-messages where the peer has such a line */
	chatroom?: readonly string[] | false;
	acceptTypes?: readonly string[];
	/** answers an INVITE: 200, a refusal, or a promise of one (180 is sent meanwhile) */
	answer?: (from: string) => number | Promise<number>;
	/** sends "delivered" where it is asked for; default true */
	delivered?: boolean;
	/** sends "displayed" where it is asked for; default true */
	displayed?: boolean;
	/** success REPORTs where they are asked for; default true */
	reports?: boolean;
	tls?: TlsIdentity;
	/** milliseconds */
	timers?: Partial<SipTimers>;
	ids?: Ids;
	/** User-Agent; the token says IM client to OMA servers */
	product?: string;
	/** sees all octets on the client's sockets, for tests */
	tap?: OpenFlow;
}

/** How a message is sent; the defaults are a well-behaved client. */
export interface SayOptions {
	/** asks for notifications: default positive-delivery and display */
	imdn?: readonly ("positive-delivery" | "display")[];
	successReport?: boolean;
	failureReport?: "no" | "partial";
	/** CPIM From; default the own identity */
	from?: string;
	/** octets a chunk; default 2048 */
	chunk?: number;
	/** no CPIM around it */
	bare?: boolean;
	contentType?: string;
	/** octets to send as message/cpim as they are */
	raw?: Buffer;
}
